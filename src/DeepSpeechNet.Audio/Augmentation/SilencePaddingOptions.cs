namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="SilencePadding"/> draws its silences.</summary>
public sealed record SilencePaddingOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1.</summary>
    public double Probability { get; init; } = 0.3;

    /// <summary>The longest silence at either end in seconds.</summary>
    public double Seconds { get; init; } = 0.3;

    /// <summary>The share of silences that are digital ones, all zeros; the others hiss.</summary>
    public double DigitalShare { get; init; } = 0.3;

    /// <summary>The softest hiss in decibels, 0 being a full-scale square wave; 16-bit rounding alone has about -101.</summary>
    public double LowDecibels { get; init; } = -100;

    /// <summary>The loudest hiss in decibels.</summary>
    public double HighDecibels { get; init; } = -55;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(Seconds), Seconds, 0, 10);
        OptionCheck.Range(nameof(DigitalShare), DigitalShare, 0, 1);
        OptionCheck.Range(nameof(LowDecibels), LowDecibels, -200, 0);
        OptionCheck.Range(nameof(HighDecibels), HighDecibels, -200, 0);
        OptionCheck.Ordered(nameof(LowDecibels), LowDecibels, nameof(HighDecibels), HighDecibels);
    }
}
