namespace DeepSpeechNet.Language.Metrics;

/// <summary>One utterance of an evaluation.</summary>
/// <param name="Name">What names it: usually its file.</param>
/// <param name="Corpus">The corpus it belongs to; empty if unknown.</param>
/// <param name="Speaker">The speaker within the corpus; empty if unknown.</param>
/// <param name="Reference">What was said.</param>
/// <param name="Hypothesis">What was recognised.</param>
/// <param name="Words">The errors in words.</param>
/// <param name="Characters">The errors in characters.</param>
public sealed record UtteranceScore(
    string Name,
    string Corpus,
    string Speaker,
    string Reference,
    string Hypothesis,
    EditCounts Words,
    EditCounts Characters)
{
    /// <summary>How long the recording lasts; zero if unknown.</summary>
    public TimeSpan Duration { get; init; }
}
