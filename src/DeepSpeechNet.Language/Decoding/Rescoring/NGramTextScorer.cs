using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Decoding.Rescoring;

/// <summary>A word or character n-gram model over whole sentences.</summary>
public sealed class NGramTextScorer : ITextScorer
{
    private readonly NGramModel _model;
    private readonly double _letterCost;

    /// <summary>Creates a scorer.</summary>
    /// <param name="model">The model, of words or characters.</param>
    /// <param name="unknownLetterCost">What each letter of a word that the model does not know costs beside the cost of an unknown word, in nats; 0 or above.</param>
    public NGramTextScorer(NGramModel model, double unknownLetterCost = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(unknownLetterCost);
        _model = model;
        _letterCost = unknownLetterCost;
    }

    /// <inheritdoc/>
    public double[][] Score(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return [.. texts.Select(Score)];
    }

    private double[] Score(string text)
    {
        List<double> values = [];
        NGramState state = _model.Begin;
        TokenSplitter symbols = new(text, _model.Vocabulary.HasCharacters);
        while (symbols.Next(out ReadOnlySpan<char> symbol))
        {
            int token = _model.Vocabulary.Find(symbol);
            values.Add(_model.Score(state, token, out state) - (token == Vocabulary.Unknown ? _letterCost * symbol.Length : 0));
        }

        values.Add(_model.Score(state, Vocabulary.End, out _));
        return [.. values];
    }
}
