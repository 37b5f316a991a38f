namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="NoiseMixer"/> draws its level.</summary>
public sealed record NoiseOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1.</summary>
    public double Probability { get; init; } = 0.4;

    /// <summary>The smallest signal-to-noise ratio in decibels.</summary>
    public double LowDecibels { get; init; } = 5;

    /// <summary>The largest signal-to-noise ratio in decibels.</summary>
    public double HighDecibels { get; init; } = 30;

    /// <summary>
    /// The share of noises that are made up (<see cref="NoiseMixer"/>) although there are clips; without clips all are.
    /// </summary>
    public double SyntheticShare { get; init; } = 0.2;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(LowDecibels), LowDecibels, -60, 120);
        OptionCheck.Range(nameof(HighDecibels), HighDecibels, -60, 120);
        OptionCheck.Ordered(nameof(LowDecibels), LowDecibels, nameof(HighDecibels), HighDecibels);
        OptionCheck.Range(nameof(SyntheticShare), SyntheticShare, 0, 1);
    }
}
