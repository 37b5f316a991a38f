using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>How to explain a recording.</summary>
public sealed record ExplainOptions
{
    /// <summary>The most sound that one explanation takes in, in seconds: what a page can show and still opens at once.</summary>
    public const double LongestPart = 120;

    /// <summary>
    /// How to recognise; what is cut into utterances, and how, is the explainer's choice. Where neither this nor the model asks for a
    /// beam there is one of the usual width, and it is never narrower than the list of readings.
    /// </summary>
    public TranscriptionOptions Recognition { get; init; } = new() { Alternatives = 10 };

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
        Recognition.Validate();
        if (Recognition.Alternatives < 1)
            throw new ArgumentException($"{nameof(TranscriptionOptions.Alternatives)} is {Recognition.Alternatives}; it must be at least 1.");
        if (Recognition.BeamWidth == 1)
            throw new ArgumentException("A beam of 1 is the best path, which leaves nothing to explain: ask for a wider one, or for none.");
        if (!(StartSeconds >= 0 && double.IsFinite(StartSeconds)))
            throw new ArgumentException($"{nameof(StartSeconds)} is {StartSeconds}; it must be 0 or more.");
    }
}
