namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="VocalTractPerturbation"/> draws its factor.</summary>
public sealed record VocalTractOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1; none unless asked for.</summary>
    public double Probability { get; init; }

    /// <summary>The smallest factor on frequency: 0.9 brings formants up by a ninth, as in a shorter vocal tract.</summary>
    public double Low { get; init; } = 0.9;

    /// <summary>The largest factor.</summary>
    public double High { get; init; } = 1.1;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(Low), Low, 0.5, 2);
        OptionCheck.Range(nameof(High), High, 0.5, 2);
        OptionCheck.Ordered(nameof(Low), Low, nameof(High), High);
    }
}
