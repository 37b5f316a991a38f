using System.Buffers.Binary;
using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Audio.Tests.Files;

/// <summary>What everybody who reads AIFF files must do, libsndfile or an optional package.</summary>
internal static class AiffRules
{
    public static void EveryWidthIsRead(AudioReadOptions options)
    {
        foreach (int bits in (int[])[8, 16, 24, 32])
        {
            // Values that every width holds.
            float[] samples = [0, 0.5f, -0.5f, -1, 0.25f, 1 / 128f, -1 / 128f, 0.9921875f];
            foreach (int channels in (int[])[1, 2, 4])
            {
                using IAudioReader reader = AudioFile.Open(new MemoryStream(Make(bits, channels, 22050, samples)), "x.aiff", options);
                Assert.Equal((22050, channels, samples.Length / channels), (reader.SampleRate, reader.Channels, reader.FrameCount));
                Assert.Equal(samples, AudioReading.ReadAll(reader, 3));
                Assert.Empty(reader.Warnings);
            }
        }
    }

    public static void ACutFileGivesWhatIsThere(AudioReadOptions options)
    {
        byte[] file = Make(16, 1, 8000, [0.5f, -0.5f, 0.25f, -0.25f]);
        for (int length = 0; length < file.Length; length++)
        {
            if (HostileContent.Read(file[..length], options) is { } read)
                Assert.InRange(read.Count, 1, 3);
        }
    }

    /// <summary>A file of big-endian whole numbers: the common and the sound data chunk alone (AIFF 1.3).</summary>
    public static byte[] Make(int bits, int channels, int rate, float[] samples)
    {
        int bytes = bits / 8;
        byte[] data = new byte[bytes * samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            int value = (int)(samples[i] * (1L << (bits - 1))) << (32 - bits);
            for (int b = 0; b < bytes; b++)
                data[(i * bytes) + b] = (byte)(value >> (24 - (8 * b)));
        }

        byte[] common = [.. Two(channels), .. Four(samples.Length / channels), .. Two(bits), .. Extended(rate)];
        byte[] chunks = [.. "COMM"u8, .. Four(common.Length), .. common, .. "SSND"u8, .. Four(8 + data.Length), .. Four(0), .. Four(0), .. data, .. new byte[data.Length & 1]];
        return [.. "FORM"u8, .. Four(4 + chunks.Length), .. "AIFF"u8, .. chunks];
    }

    /// <summary>A whole number as an 80-bit float: sign and exponent, then 64 bits with the leading one.</summary>
    private static byte[] Extended(int value)
    {
        int exponent = 31 - int.LeadingZeroCount(value);
        byte[] bytes = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(16383 + exponent));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(2), (ulong)value << (63 - exponent));
        return bytes;
    }

    private static byte[] Two(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Four(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
