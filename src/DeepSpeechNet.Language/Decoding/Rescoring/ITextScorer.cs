namespace DeepSpeechNet.Language.Decoding.Rescoring;

/// <summary>What a language model gives whole sentences: the second pass over a list of hypotheses. For one thread at a time.</summary>
public interface ITextScorer
{
    /// <summary>The natural log-probability of each text as a whole sentence, its end included.</summary>
    /// <param name="texts">Sentences with single spaces between words.</param>
    /// <param name="logProbabilities">Receives the values, [text]. No value depends on the other texts.</param>
    void Score(IReadOnlyList<string> texts, Span<double> logProbabilities);
}
