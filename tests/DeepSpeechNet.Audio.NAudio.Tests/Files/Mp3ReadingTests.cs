using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.NAudio.Files;
using DeepSpeechNet.Audio.Tests.Files;
using NAudio.Wave;

namespace DeepSpeechNet.Audio.NAudio.Tests.Files;

/// <summary>NAudio's reader of MP3 frames, behind which a stand-in takes the place of Windows' decoder.</summary>
public sealed class Mp3ReadingTests
{
    private const int FrameSamples = 1152, FrameBytes = 417;

    [Fact]
    public void Frames_come_in_order_from_behind_a_tag()
    {
        byte[] tag = [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 20, .. new byte[20]];
        foreach (byte[] before in new[] { [], tag })
        {
            using WaveStreamReader reader = new(() => WaveStreams.Mp3(new MemoryStream([.. before, .. Frames(9)]), format => new CountingDecoder(format)), "x.mp3", exact: false);
            Assert.Equal((44100, 1, null), (reader.SampleRate, reader.Channels, reader.FrameCount));
            float[] samples = AudioReading.ReadAll(reader);
            Assert.Equal(9 * FrameSamples, samples.Length);
            Assert.Equal(Enumerable.Range(1, 9).SelectMany(i => Enumerable.Repeat(i / 128f, FrameSamples)), samples);
        }
    }

    [Fact]
    public void What_holds_no_frames_is_refused_in_a_sentence()
    {
        AudioFormatException fault = Assert.Throws<AudioFormatException>(
            () => new WaveStreamReader(() => WaveStreams.Mp3(new MemoryStream(new byte[1000]), format => new CountingDecoder(format)), "x.mp3", exact: false));
        Assert.StartsWith("x.mp3: NAudio cannot read it: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decoder_that_the_system_lacks_is_a_sentence()
    {
        // Elsewhere than on Windows the decoders that this asks for are not there.
        if (OperatingSystem.IsWindows())
            return;
        NAudioDecoder decoder = new(windows: true);
        byte[] frames = Frames(3);
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => decoder.Open(new MemoryStream(frames), frames, "x.mp3"));
        Assert.StartsWith("x.mp3: NAudio cannot read it: ", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Frames of 128 kbit/s, 44.1 kHz and one channel (ISO 11172-3, section 2.4.1.3); the first byte of the main data counts them.</summary>
    private static byte[] Frames(int count)
    {
        byte[] bytes = new byte[count * FrameBytes];
        for (int i = 0; i < count; i++)
        {
            Span<byte> frame = bytes.AsSpan(i * FrameBytes, FrameBytes);
            ((ReadOnlySpan<byte>)[0xFF, 0xFB, 0x90, 0xC0]).CopyTo(frame);
            frame[100] = (byte)(i + 1);
        }

        return bytes;
    }

    /// <summary>Makes each frame 1,152 times the number that it carries, over 128.</summary>
    private sealed class CountingDecoder(WaveFormat format) : IMp3FrameDecompressor
    {
        public WaveFormat OutputFormat { get; } = new(format.SampleRate, 16, format.Channels);

        public int DecompressFrame(Mp3Frame frame, byte[] dest, int destOffset)
        {
            for (int i = 0; i < FrameSamples; i++)
                BitConverter.TryWriteBytes(dest.AsSpan(destOffset + (2 * i)), (short)(frame.RawData[100] * 256));
            return 2 * FrameSamples;
        }

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }
}
