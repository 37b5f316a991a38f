namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="VolumePerturbation"/> draws its gain.</summary>
public sealed record VolumeOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>The smallest gain in decibels.</summary>
    public double LowDecibels { get; init; } = -15;

    /// <summary>The largest gain in decibels.</summary>
    public double HighDecibels { get; init; } = 6;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(LowDecibels), LowDecibels, -100, 60);
        OptionCheck.Range(nameof(HighDecibels), HighDecibels, -100, 60);
        OptionCheck.Ordered(nameof(LowDecibels), LowDecibels, nameof(HighDecibels), HighDecibels);
    }
}
