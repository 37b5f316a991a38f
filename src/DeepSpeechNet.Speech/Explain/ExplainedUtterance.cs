using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>One utterance: what the network gave for it and what the search made of that.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="LogProbabilities">Natural logarithms of the class probabilities, [time, class] row by row, blank last.</param>
/// <param name="Greedy">What the letters alone say: the best path.</param>
/// <param name="Transcript">What the search found, with its alternatives. Its times count from the utterance's start.</param>
/// <param name="Readings">The alternatives of the transcript with their scores taken apart, in the same order.</param>
/// <param name="WordParts">For each word of the transcript, what each model gave to it, its space included; NaN from a model that judges whole texts only.</param>
/// <param name="Changes">Where the transcript is not the best path.</param>
public sealed record ExplainedUtterance(
    TimeSpan Start,
    float[] LogProbabilities,
    Transcript Greedy,
    Transcript Transcript,
    IReadOnlyList<ScoredReading> Readings,
    IReadOnlyList<IReadOnlyList<double>> WordParts,
    IReadOnlyList<WordChange> Changes);
