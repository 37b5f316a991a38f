using System.Buffers.Binary;
using System.Text;

namespace DeepSpeechNet.Audio.Tests.Files.Wav;

/// <summary>Makes WAV files byte by byte, right or wrong as asked.</summary>
internal static class WavFile
{
    public static byte[] Make(
        int tag, int channels, int bits, byte[] data, int rate = 16000, uint? dataSize = null, uint? riffSize = null,
        byte[]? before = null, byte[]? after = null)
    {
        int frameBytes = channels * ((bits + 7) / 8);
        byte[] format =
        [
            .. Two(tag), .. Two(channels), .. Four((uint)rate), .. Four((uint)(rate * frameBytes)), .. Two(frameBytes), .. Two(bits),
        ];
        byte[] dataChunk = [.. "data"u8, .. Four(dataSize ?? (uint)data.Length), .. data, .. new byte[data.Length & 1]];
        byte[] chunks = [.. before ?? [], .. Chunk("fmt ", format), .. dataChunk, .. after ?? []];
        return [.. "RIFF"u8, .. Four(riffSize ?? (uint)(chunks.Length + 4)), .. "WAVE"u8, .. chunks];
    }

    public static byte[] Chunk(string id, byte[] content) =>
        [.. Encoding.ASCII.GetBytes(id), .. Four((uint)content.Length), .. content, .. new byte[content.Length & 1]];

    /// <summary>16-bit samples as bytes.</summary>
    public static byte[] Bytes(params short[] samples)
    {
        var bytes = new byte[2 * samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), samples[i]);
        }

        return bytes;
    }

    public static byte[] Two(int value) => [(byte)value, (byte)(value >> 8)];

    public static byte[] Four(uint value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];

    public static byte[] Eight(long value) => [.. Four((uint)value), .. Four((uint)(value >> 32))];
}
