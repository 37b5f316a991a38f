using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>A log-mel spectrogram as bytes, for the eye: 0 is 60 dB or more below 255, which is about the loudest.</summary>
/// <param name="Values">[time, band] row by row, the lowest band first.</param>
/// <param name="Bands">The mel bands.</param>
/// <param name="HopSeconds">Time from one row to the next.</param>
/// <param name="WindowSeconds">The time that a row sees, from its own time on.</param>
/// <param name="BandHertz">The middle of each band, in hertz.</param>
public sealed record SoundPicture(byte[] Values, int Bands, double HopSeconds, double WindowSeconds, IReadOnlyList<double> BandHertz)
{
    /// <summary>60 dB as a natural logarithm of energy.</summary>
    private const double Range = 13.8155;

    /// <summary>The loudest thousandth is allowed to saturate, so that a click does not darken the rest.</summary>
    private const double Saturating = 0.001;

    /// <summary>Draws the spectrogram of samples at the rate and with the frames of a front end.</summary>
    public static SoundPicture Of(ReadOnlySpan<float> samples, FrontEndOptions frontEnd)
    {
        ArgumentNullException.ThrowIfNull(frontEnd);
        int bands = frontEnd.Feature == FeatureKind.LogMel ? Math.Clamp(frontEnd.MelBins, 1, 128) : 80;
        FrontEndOptions options = frontEnd with { Feature = FeatureKind.LogMel, MelBins = bands, Deltas = 0, Normalisation = FeatureNormalisation.None };
        FeatureExtractor extractor = new(options);
        float[] logs = new float[extractor.FrameCount(samples.Length) * bands];
        extractor.Compute(samples, logs);
        byte[] values = new byte[logs.Length];
        double top = Top(logs), low = top - Range;
        for (int i = 0; i < logs.Length; i++)
            values[i] = (byte)Math.Clamp(255 * (logs[i] - low) / Range, 0, 255);
        return new SoundPicture(values, bands, options.HopSeconds, options.WindowSeconds, Middles(options, bands));
    }

    private static double Top(float[] logs)
    {
        if (logs.Length == 0)
            return 0;
        float[] sorted = [.. logs];
        Array.Sort(sorted);
        return sorted[sorted.Length - 1 - (int)(sorted.Length * Saturating)];
    }

    private static double[] Middles(FrontEndOptions options, int bands)
    {
        double high = options.HighHertz > 0 ? options.HighHertz : (options.SampleRate / 2.0) + options.HighHertz;
        double low = MelFilterBank.Mel(options.LowHertz), step = (MelFilterBank.Mel(high) - low) / (bands + 1);
        return [.. Enumerable.Range(1, bands).Select(i => MelFilterBank.Hertz(low + (i * step)))];
    }
}
