using System.Buffers.Binary;

namespace DeepSpeechNet.Audio.Files.Wav;

/// <summary>Turns the bytes of samples into floats: integers divided by their full scale, 2^(bits - 1).</summary>
internal static class SampleDecoding
{
    private static readonly float[] ALaw = Table(ExpandALaw);
    private static readonly float[] MuLaw = Table(ExpandMuLaw);

    public static int BytesPerSample(SampleEncoding encoding) => encoding switch
    {
        SampleEncoding.Pcm8 or SampleEncoding.ALaw or SampleEncoding.MuLaw => 1,
        SampleEncoding.Pcm16 => 2,
        SampleEncoding.Pcm24 => 3,
        SampleEncoding.Float64 => 8,
        _ => 4,
    };

    /// <summary>Decodes as many samples as <paramref name="samples"/> holds; little-endian bytes.</summary>
    public static void Decode(SampleEncoding encoding, ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        switch (encoding)
        {
            case SampleEncoding.Pcm8:
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = (bytes[i] - 128) * (1 / 128f);
                }

                break;
            case SampleEncoding.Pcm16:
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]) * (1 / 32768f);
                }

                break;
            case SampleEncoding.Pcm24:
                for (int i = 0; i < samples.Length; i++)
                {
                    int high = BinaryPrimitives.ReadInt16LittleEndian(bytes[((3 * i) + 1)..]);
                    samples[i] = ((high << 8) | bytes[3 * i]) * (1 / 8388608f);
                }

                break;
            case SampleEncoding.Pcm32:
                for (int i = 0; i < samples.Length; i++)
                {
                    // Rounding the largest values to the 24 bits of a float would give 1.
                    float value = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]) * (1 / 2147483648f);
                    samples[i] = Math.Min(value, LargestBelowOne);
                }

                break;
            case SampleEncoding.Float32:
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
                }

                break;
            case SampleEncoding.Float64:
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]);
                }

                break;
            default:
                float[] table = encoding == SampleEncoding.ALaw ? ALaw : MuLaw;
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = table[bytes[i]];
                }

                break;
        }
    }

    /// <summary>The largest float below 1.</summary>
    internal const float LargestBelowOne = 1 - (1 / 16777216f);

    private static float[] Table(Func<int, int> expand)
    {
        var table = new float[256];
        for (int code = 0; code < table.Length; code++)
        {
            table[code] = expand(code) / 32768f;
        }

        return table;
    }

    /// <summary>A-law to linear, 16-bit scale (ITU-T G.711, table 1: even bits inverted, sign, 3 bits of segment, 4 of step).</summary>
    private static int ExpandALaw(int code)
    {
        code ^= 0x55;
        int segment = (code >> 4) & 7;
        int step = ((code & 15) << 4) + 8;
        int magnitude = segment == 0 ? step : (step + 0x100) << (segment - 1);
        return (code & 0x80) != 0 ? magnitude : -magnitude;
    }

    /// <summary>Mu-law to linear, 16-bit scale (ITU-T G.711, table 2: all bits inverted, sign, 3 bits of segment, 4 of step).</summary>
    private static int ExpandMuLaw(int code)
    {
        code = ~code;
        int magnitude = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
        return (code & 0x80) != 0 ? -magnitude : magnitude;
    }
}
