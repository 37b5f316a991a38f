namespace DeepSpeechNet.Language.Decoding.Rescoring;

/// <summary>What a language model gives whole sentences: the second pass over a list of hypotheses. For one thread at a time.</summary>
public interface ITextScorer
{
    /// <summary>The natural log-probability of each symbol of each text after those before it, and behind the last one that of the sentence's end.</summary>
    /// <param name="texts">Sentences with single spaces between words.</param>
    /// <returns>[text][symbol]; no value depends on the other texts.</returns>
    double[][] Score(IReadOnlyList<string> texts);
}
