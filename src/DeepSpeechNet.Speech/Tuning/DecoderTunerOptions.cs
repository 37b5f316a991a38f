namespace DeepSpeechNet.Speech.Tuning;

/// <summary>How to search for decoder settings.</summary>
public sealed record DecoderTunerOptions
{
    /// <summary>Random settings that are tried first.</summary>
    public int RandomTrials { get; init; } = 16;

    /// <summary>Rounds over all weights, each moved up and down from the best so far.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Widths of the beam that are tried at the end, and at the beginning the narrowest but one.</summary>
    public IReadOnlyList<int> BeamWidths { get; init; } = [32, 64, 128, 256];

    /// <summary>A wider beam must win at least this share of the errors.</summary>
    public double WorthOfWidth { get; init; } = 0.005;

    /// <summary>Chooses the random settings.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public void Validate()
    {
        if (RandomTrials is < 0 or > 10_000)
            throw new ArgumentException($"{nameof(RandomTrials)} is {RandomTrials}; it must be 0 to 10000.");
        if (Rounds is < 0 or > 100)
            throw new ArgumentException($"{nameof(Rounds)} is {Rounds}; it must be 0 to 100.");
        if (BeamWidths.Count == 0 || BeamWidths.Any(w => w is < 1 or > 100_000))
            throw new ArgumentException($"{nameof(BeamWidths)} must be one or more widths of 1 to 100000.");
        if (!(WorthOfWidth is >= 0 and <= 1))
            throw new ArgumentException($"{nameof(WorthOfWidth)} is {WorthOfWidth}; it must be 0 to 1.");
    }
}
