using System.Runtime.InteropServices;
using DeepSpeechNet.Server.Sockets;

namespace DeepSpeechNet.Server.Tests.Sockets;

public sealed class PcmDecoderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    public void Where_messages_are_cut_changes_no_sample(int chunk)
    {
        short[] values = [0, 1, -1, 32767, -32768, 12345];
        Assert.Equal(values.Select(v => v / 32768f), Decode(PcmFormat.Int16, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), chunk));
        float[] floats = [0, 0.25f, -1, 3.5f, float.NaN];
        Assert.Equal(floats, Decode(PcmFormat.Float32, MemoryMarshal.AsBytes(floats.AsSpan()).ToArray(), chunk));
    }

    private static List<float> Decode(object format, byte[] bytes, int chunk)
    {
        PcmDecoder decoder = new((PcmFormat)format);
        List<float> samples = [];
        for (int at = 0; at < bytes.Length; at += chunk)
            samples.AddRange(decoder.Decode(bytes.AsSpan(at, Math.Min(chunk, bytes.Length - at))).Span);
        return samples;
    }
}
