namespace DeepSpeechNet.Audio.Tests.Files.Flac;

/// <summary>Whole-number signals for lossless coding.</summary>
internal static class FlacSignals
{
    /// <summary>A tone with noise, the channels alike, reaching both ends of the range.</summary>
    public static int[][] Tone(int channels, int length, int bits, int wasted = 0)
    {
        double peak = Math.Pow(2, bits - 1);
        var random = new Random(bits + length);
        var signal = new int[channels][];
        for (int c = 0; c < channels; c++)
        {
            signal[c] = new int[length];
            for (int i = 0; i < length; i++)
            {
                double value = (1.02 * Math.Sin((0.05 * i) + (0.2 * c))) + (0.01 * random.NextDouble());
                signal[c][i] = (int)Math.Clamp(Math.Round(value * peak), -peak, peak - 1) >> wasted << wasted;
            }
        }

        return signal;
    }

    /// <summary>The floats that a reader must give for whole-number samples.</summary>
    public static float[] Interleave(int[][] channels, int bits)
    {
        var result = new float[channels.Length * channels[0].Length];
        for (int i = 0; i < result.Length; i++)
        {
            double value = channels[i % channels.Length][i / channels.Length] / Math.Pow(2, bits - 1);
            result[i] = Math.Min((float)value, MathF.BitDecrement(1));
        }

        return result;
    }
}
