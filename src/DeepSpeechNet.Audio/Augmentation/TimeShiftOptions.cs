namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="TimeShift"/> draws its shift.</summary>
public sealed record TimeShiftOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>
    /// The largest shift in seconds, in both directions; 5 ms is half a hop, as in Deep Speech (Hannun et al. 2014, section 2.1).
    /// </summary>
    public double Seconds { get; init; } = 0.005;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(Seconds), Seconds, 0, 10);
    }
}
