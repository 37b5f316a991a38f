namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="Equaliser"/> draws its curves.</summary>
public sealed record EqualiserOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1; none unless asked for.</summary>
    public double Probability { get; init; }

    /// <summary>The gain at a corner of the curve lies between this many decibels less and this many more.</summary>
    public double Decibels { get; init; } = 6;

    /// <summary>The fewest corners of a curve, its two ends included.</summary>
    public int LowCorners { get; init; } = 3;

    /// <summary>The most corners of a curve.</summary>
    public int HighCorners { get; init; } = 6;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(Decibels), Decibels, 0, 60);
        OptionCheck.Range(nameof(LowCorners), LowCorners, 2, 100);
        OptionCheck.Range(nameof(HighCorners), HighCorners, 2, 100);
        OptionCheck.Ordered(nameof(LowCorners), LowCorners, nameof(HighCorners), HighCorners);
    }
}
