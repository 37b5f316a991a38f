namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="SpeedPerturbation"/> draws its factor.</summary>
public sealed record SpeedOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>The slowest speed: 0.9 makes an utterance longer by a ninth and its pitch lower.</summary>
    public double Low { get; init; } = 0.9;

    /// <summary>The fastest speed.</summary>
    public double High { get; init; } = 1.1;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(Low), Low, 0.25, 4);
        OptionCheck.Range(nameof(High), High, 0.25, 4);
        OptionCheck.Ordered(nameof(Low), Low, nameof(High), High);
    }
}
