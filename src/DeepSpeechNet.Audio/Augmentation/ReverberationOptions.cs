namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="Reverberation"/> draws its rooms.</summary>
public sealed record ReverberationOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1.</summary>
    public double Probability { get; init; } = 0.3;

    /// <summary>The shortest reverberation time in seconds: the time in which the sound of a room decays by 60 dB.</summary>
    public double LowSeconds { get; init; } = 0.1;

    /// <summary>The longest reverberation time in seconds.</summary>
    public double HighSeconds { get; init; } = 0.6;

    /// <summary>
    /// The smallest ratio of the direct sound's energy to that of everything after it in decibels (a distant speaker).
    /// </summary>
    public double LowDirectDecibels { get; init; } = -3;

    /// <summary>The largest such ratio (a near speaker).</summary>
    public double HighDirectDecibels { get; init; } = 12;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(LowSeconds), LowSeconds, 0.02, 5);
        OptionCheck.Range(nameof(HighSeconds), HighSeconds, 0.02, 5);
        OptionCheck.Ordered(nameof(LowSeconds), LowSeconds, nameof(HighSeconds), HighSeconds);
        OptionCheck.Range(nameof(LowDirectDecibels), LowDirectDecibels, -40, 60);
        OptionCheck.Range(nameof(HighDirectDecibels), HighDirectDecibels, -40, 60);
        OptionCheck.Ordered(nameof(LowDirectDecibels), LowDirectDecibels, nameof(HighDirectDecibels), HighDirectDecibels);
    }
}
