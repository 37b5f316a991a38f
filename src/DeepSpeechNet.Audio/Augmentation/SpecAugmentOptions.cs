namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>How <see cref="SpecAugment"/> draws its masks.</summary>
public sealed record SpecAugmentOptions
{
    /// <summary>The share of utterances that are changed, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Number of masks over frequency.</summary>
    public int FrequencyMasks { get; init; } = 2;

    /// <summary>F: a mask covers 0 to F features that follow each other.</summary>
    public int FrequencyWidth { get; init; } = 15;

    /// <summary>Number of masks over time.</summary>
    public int TimeMasks { get; init; } = 2;

    /// <summary>T: a mask covers 0 to T frames that follow each other.</summary>
    public int TimeWidth { get; init; } = 30;

    /// <summary>p: a time mask covers at most this share of the utterance.</summary>
    public double TimeShare { get; init; } = 0.1;

    /// <summary>What a masked number becomes: 0 is the mean of normalised features.</summary>
    public float Fill { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(Probability), Probability, 0, 1);
        OptionCheck.Range(nameof(FrequencyMasks), FrequencyMasks, 0, 1000);
        OptionCheck.Range(nameof(FrequencyWidth), FrequencyWidth, 0, 1_000_000);
        OptionCheck.Range(nameof(TimeMasks), TimeMasks, 0, 1000);
        OptionCheck.Range(nameof(TimeWidth), TimeWidth, 0, 1_000_000);
        OptionCheck.Range(nameof(TimeShare), TimeShare, 0, 1);
        OptionCheck.Range(nameof(Fill), Fill, -1e6, 1e6);
    }
}
