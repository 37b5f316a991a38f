namespace DeepSpeechNet.Language.Correction;

/// <summary>How a channel is trained.</summary>
public sealed record ChannelTrainerOptions
{
    /// <summary>Rounds of expectation maximisation. Default 6.</summary>
    public int Rounds { get; init; } = 6;

    /// <summary>
    /// What is taken off the expected count of an edit for each letter beyond two that it has on both sides together, so that rare long edits give way to
    /// the short ones they are made of. Default 0.4.
    /// </summary>
    public double Discount { get; init; } = 0.4;

    /// <summary>How many sightings of the letters meant the general rates of substitution, deletion, insertion and transposition count for. Default 5.</summary>
    public double Smoothing { get; init; } = 5;

    /// <summary>Edits less likely than this are left out, the general ones aside. Default 0.00003.</summary>
    public double LeastProbability { get; init; } = 3e-5;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (Rounds is < 1 or > 100)
            throw new ArgumentException($"Rounds is {Rounds}; it must be 1 to 100.");
        if (!(Discount is >= 0 and <= 10))
            throw new ArgumentException($"Discount is {Discount}; it must be 0 to 10.");
        if (!(Smoothing is > 0 and <= 1e6))
            throw new ArgumentException($"Smoothing is {Smoothing}; it must be above 0 and at most 1,000,000.");
        if (!(LeastProbability is >= 0 and < 1))
            throw new ArgumentException($"LeastProbability is {LeastProbability}; it must be at least 0 and below 1.");
    }
}
