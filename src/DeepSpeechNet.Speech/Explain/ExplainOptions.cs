using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>How to explain a recording.</summary>
public sealed record ExplainOptions
{
    /// <summary>The most sound that one explanation takes in, in seconds: what a page can show and still opens at once.</summary>
    public const double LongestPart = 120;

    /// <summary>Hypotheses kept by the beam search; 0 what the model says, but never fewer than are listed.</summary>
    public int BeamWidth { get; init; }

    /// <summary>How many readings to list for each utterance, at least 1.</summary>
    public int Alternatives { get; init; } = 10;

    /// <summary>
    /// Where in the recording to begin, in seconds. A recording longer than <see cref="LongestPart"/> is explained from the
    /// utterance at this time to the last pause that fits.
    /// </summary>
    public double StartSeconds { get; init; }

    /// <summary>What was said, to be held against what was recognised; null if unknown.</summary>
    public string? Reference { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        new TranscriptionOptions { BeamWidth = BeamWidth, Alternatives = Alternatives }.Validate();
        if (Alternatives < 1)
            throw new ArgumentException($"{nameof(Alternatives)} is {Alternatives}; it must be at least 1.");
        if (!(StartSeconds >= 0 && double.IsFinite(StartSeconds)))
            throw new ArgumentException($"{nameof(StartSeconds)} is {StartSeconds}; it must be 0 or more.");
    }
}
