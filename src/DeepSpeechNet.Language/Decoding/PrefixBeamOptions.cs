namespace DeepSpeechNet.Language.Decoding;

/// <summary>How widely a <see cref="PrefixBeamDecoder"/> searches.</summary>
public sealed record PrefixBeamOptions
{
    /// <summary>The number of prefixes kept after each frame, at least 1. Default: 100.</summary>
    public int BeamWidth { get; init; } = 100;

    /// <summary>
    /// At most this many of a frame's most probable classes, blank included, extend prefixes; at least 1. Default: 40. Like
    /// <see cref="CumulativeProbability"/> this concerns extensions by a symbol only: blank and repeat are always followed,
    /// and so is an extension to a prefix that is in the beam already.
    /// </summary>
    public int TopClasses { get; init; } = 40;

    /// <summary>
    /// Of a frame's classes, most probable first, as many extend prefixes as it takes for their sum to reach this; above 0, at
    /// most 1. Default: 1, all.
    /// </summary>
    public double CumulativeProbability { get; init; } = 1;

    /// <summary>
    /// Prefixes whose score lies further below the best one's are dropped; above 0, in nats. Default: infinity, none.
    /// </summary>
    public double ScoreMargin { get; init; } = double.PositiveInfinity;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BeamWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TopClasses, 1);
        if (!(CumulativeProbability is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(CumulativeProbability), CumulativeProbability, "CumulativeProbability must be above 0 and at most 1.");
        if (!(ScoreMargin > 0))
            throw new ArgumentOutOfRangeException(nameof(ScoreMargin), ScoreMargin, "ScoreMargin must be above 0.");
    }
}
