using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Decoding.Rescoring;

/// <summary>A word or character n-gram model over whole sentences; unknown words count as the model counts them.</summary>
public sealed class NGramTextScorer : ITextScorer
{
    private readonly NGramModel _model;

    /// <summary>Creates a scorer.</summary>
    /// <param name="model">The model, of words or characters.</param>
    public NGramTextScorer(NGramModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<string> texts, Span<double> logProbabilities)
    {
        ArgumentNullException.ThrowIfNull(texts);
        for (int i = 0; i < texts.Count; i++)
        {
            NGramState state = _model.Begin;
            double sum = 0;
            foreach (int token in _model.Vocabulary.Encode(texts[i])) sum += _model.Score(state, token, out state);
            logProbabilities[i] = sum + _model.Score(state, Vocabulary.End, out _);
        }
    }
}
