namespace DeepSpeechNet.Cli.Listening;

/// <summary>How loud the sound is, as a bar: from -60 dB (nothing) to 0 dB, and '!' where it was cut off at full scale.</summary>
internal static class LevelMeter
{
    private const int Width = 10;

    /// <summary>The bar of some samples, always <c>[..........]</c> wide.</summary>
    public static string Draw(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        float peak = 0;
        foreach (float x in samples)
        {
            sum += (double)x * x;
            peak = Math.Max(peak, Math.Abs(x));
        }

        double decibels = 10 * Math.Log10((sum / Math.Max(1, samples.Length)) + 1e-12);
        int marks = (int)Math.Clamp(Math.Round((decibels + 60) / 60 * Width), 0, Width);
        return $"[{new string('#', marks)}{new string('.', Width - marks)}]{(peak >= 0.999f ? '!' : ' ')}";
    }
}
