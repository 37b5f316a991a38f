namespace DeepSpeechNet.Language.Decoding;

/// <summary>What a decoder takes the frames to say.</summary>
/// <param name="Text">The labels as text, with single spaces between words and none at the ends.</param>
/// <param name="Labels">The labels as decoded, spaces as they came.</param>
/// <param name="LogProbability">
/// Natural logarithm of the acoustic probability: of the best path for the greedy decoder, of all paths in the beam for the
/// prefix beam.
/// </param>
/// <param name="Score">What hypotheses are ranked by: <paramref name="LogProbability"/> plus the scorer's part, if there is one.</param>
public sealed record CtcHypothesis(string Text, IReadOnlyList<int> Labels, double LogProbability, double Score)
{
    internal static CtcHypothesis Create(Alphabet alphabet, int[] labels, double logProbability, double score)
    {
        string[] words = alphabet.Decode(labels).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new CtcHypothesis(string.Join(' ', words), labels, logProbability, score);
    }
}
