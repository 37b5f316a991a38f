namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// How well a model predicts a text: the perplexity exp(-mean log probability) over all tokens and the ends of sentences, each sentence
/// scored from its start.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class NGramPerplexity
{
    private readonly NGramModel _model;
    private double _unknownLogProbability;

    /// <summary>Makes one that has seen no text.</summary>
    /// <param name="model">The model, which stays the caller's.</param>
    public NGramPerplexity(NGramModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
    }

    /// <summary>Sentences scored.</summary>
    public long Sentences { get; private set; }

    /// <summary>Tokens scored, the ends of sentences not counted.</summary>
    public long Tokens { get; private set; }

    /// <summary>Tokens that the vocabulary lacks (or that are the unknown word itself).</summary>
    public long UnknownTokens { get; private set; }

    /// <summary>Sum of the natural log probabilities of all tokens and ends of sentences.</summary>
    public double LogProbability { get; private set; }

    /// <summary>The perplexity over all tokens and ends of sentences; NaN before any text.</summary>
    public double Perplexity => Math.Exp(-LogProbability / (Tokens + Sentences));

    /// <summary>The same over what is not the unknown word, as SRILM and KenLM state it too.</summary>
    public double PerplexityWithoutUnknown => Math.Exp(-(LogProbability - _unknownLogProbability) / (Tokens + Sentences - UnknownTokens));

    /// <summary>Bits that a token or end of sentence takes: the logarithm of <see cref="Perplexity"/> to base 2.</summary>
    public double BitsPerToken => -LogProbability / Math.Log(2) / (Tokens + Sentences);

    /// <summary>Scores a sentence as text; one without a token is passed over. The tokens <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c> in it are passed over.</summary>
    /// <param name="sentence">The sentence.</param>
    public void Add(ReadOnlySpan<char> sentence)
    {
        Vocabulary vocabulary = _model.Vocabulary;
        TokenSplitter tokens = new(sentence, vocabulary.HasCharacters);
        NGramState state = _model.Begin;
        bool any = false;
        while (tokens.Next(out ReadOnlySpan<char> token))
        {
            if (token is Vocabulary.StartToken or Vocabulary.EndToken) continue;
            any = true;
            Score(ref state, vocabulary.Find(token));
        }

        if (any) End(state);
    }

    /// <summary>Scores a sentence as numbers of tokens, without its start and end.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of such a number.</exception>
    public void Add(ReadOnlySpan<int> tokens)
    {
        NGramState state = _model.Begin;
        foreach (int token in tokens) Score(ref state, token);
        End(state);
    }

    private void Score(ref NGramState state, int token)
    {
        float score = _model.Score(state, token, out NGramState next);
        state = next;
        LogProbability += score;
        Tokens++;
        if (token != Vocabulary.Unknown) return;
        UnknownTokens++;
        _unknownLogProbability += score;
    }

    private void End(in NGramState state)
    {
        LogProbability += _model.Score(state, Vocabulary.End, out _);
        Sentences++;
    }
}
