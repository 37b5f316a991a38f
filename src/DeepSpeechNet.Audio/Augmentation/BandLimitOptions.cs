namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="BandLimit"/> draws its bands.</summary>
public sealed record BandLimitOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1.</summary>
    public double Probability { get; init; } = 0.1;

    /// <summary>
    /// The share of changed utterances that also lose what lies below 300 Hz, as on a telephone line (ITU-T G.712).
    /// </summary>
    public double TelephoneShare { get; init; } = 0.5;

    /// <summary>The lowest upper end of the band in Hz.</summary>
    public double LowHertz { get; init; } = 3300;

    /// <summary>The highest upper end of the band in Hz.</summary>
    public double HighHertz { get; init; } = 3800;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(TelephoneShare), TelephoneShare, 0, 1);
        OptionCheck.Range(nameof(LowHertz), LowHertz, 500, 100_000);
        OptionCheck.Range(nameof(HighHertz), HighHertz, 500, 100_000);
        OptionCheck.Ordered(nameof(LowHertz), LowHertz, nameof(HighHertz), HighHertz);
    }
}
