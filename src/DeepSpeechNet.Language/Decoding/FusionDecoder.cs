using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.Decoding.Rescoring;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Packages;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// Prefix beam search with everything that settings ask for: n-gram model, phones, neural model in the search or in a second pass, hot words. One stream at a
/// time; dispose it to give the neural model's memory back. The package of language models may be shared.
/// </summary>
public sealed class FusionDecoder : ICtcDecoder, IDisposable
{
    private readonly PrefixBeamDecoder _beam;
    private readonly List<(string Name, IScorer Scorer)> _parts = [];
    private readonly HypothesisRescorer? _rescorer;
    private readonly PhoneScorer? _phones;
    private readonly int _rescored;
    private readonly NeuralSession? _neural;
    private readonly HotWordScorer? _hot;
    private readonly WordScorer? _words;

    /// <summary>Creates a decoder.</summary>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <param name="settings">What takes part and how much it counts; a beam width of 1 becomes the usual width.</param>
    /// <param name="language">The language models, or null; they must live as long as the decoder.</param>
    /// <param name="hotWords">Whether <see cref="HotWords"/> will be given.</param>
    /// <param name="spoken">How words are spoken, for networks with phones; or null.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="ModelFormatException">A language model is damaged or does not fit the alphabet.</exception>
    public FusionDecoder(Alphabet alphabet, DecoderSettings settings, LanguagePackage? language = null, bool hotWords = false, SpokenWords? spoken = null)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        Alphabet = alphabet;
        _rescored = settings.RescoredHypotheses;
        ScorerOptions weights = new() { Weight = settings.NGramWeight, WordBonus = settings.WordBonus, UnknownLetterCost = settings.UnknownLetterCost };
        if (language?.NGram is { } ngram && settings.NGramWeight > 0)
        {
            _parts.Add(($"{ngram.Order}-gram", NGramScorer(alphabet, language, ngram, weights)));
            _words = _parts[0].Scorer as WordScorer;
        }

        if (language is { HasNeural: true } && settings is { NeuralWeight: > 0, NeuralPass: not NeuralPass.None })
        {
            _neural = language.OpenNeural(settings.NeuralPass == NeuralPass.Beam ? LanguageUnit.Characters : LanguageUnit.Words);
            try
            {
                CheckAlphabet(alphabet, _neural.Tokens, language.Name);
                if (settings.NeuralPass == NeuralPass.Beam)
                    _parts.Add(("RNN", NeuralScorer(alphabet, _neural, weights with { Weight = settings.NeuralWeight, WordBonus = _parts.Count > 0 ? 0 : settings.WordBonus })));
                else
                    _rescorer = new HypothesisRescorer(SecondPass(_neural, language.NGram, settings), settings.NeuralWeight);
            }
            catch
            {
                _neural.Dispose();
                throw;
            }
        }

        if (spoken is not null && settings.PhoneWeight > 0)
        {
            NGramModel? words = language?.NGram is { Vocabulary.HasCharacters: false } model ? model : null;
            _phones = new PhoneScorer(alphabet, spoken, settings.PhoneWeight, words is null ? null : language!.TrieOf(alphabet), words?.Vocabulary);
            _parts.Add(("phones", _phones));
        }

        if (hotWords)
        {
            _hot = new HotWordScorer(alphabet);
            _parts.Add(("hot words", _hot));
        }

        IScorer? all = _parts.Count switch { 0 => null, 1 => _parts[0].Scorer, _ => new CombinedScorer([.. _parts.Select(p => p.Scorer)]) };
        PrefixBeamOptions options = new()
        {
            BeamWidth = settings.BeamWidth > 1 ? settings.BeamWidth : DecoderSettings.UsualBeamWidth,
            ScoreMargin = settings.ScoreMargin > 0 ? settings.ScoreMargin : double.PositiveInfinity,
        };
        _beam = new PrefixBeamDecoder(alphabet, options, all);
    }

    /// <inheritdoc/>
    public Alphabet Alphabet { get; }

    /// <inheritdoc/>
    public int FrameCount => _beam.FrameCount;

    /// <summary>What scores prefixes in the search, by name.</summary>
    public IReadOnlyList<(string Name, IScorer Scorer)> Parts => _parts;

    /// <summary>The second pass by a neural model, if there is one.</summary>
    public HypothesisRescorer? Rescorer => _rescorer;

    /// <summary>The hot words from the next <see cref="Reset"/> on.</summary>
    /// <exception cref="InvalidOperationException">The decoder was made without hot words.</exception>
    public HotWordList? HotWords
    {
        get => _hot?.HotWords;
        set
        {
            if (_hot is null) throw new InvalidOperationException("This decoder was made without hot words.");
            _hot.HotWords = value;
            if (_words is not null) _words.HotWords = value;
        }
    }

    /// <inheritdoc/>
    public void Accept(ReadOnlySpan<float> logProbabilities) => _beam.Accept(logProbabilities);

    /// <summary>Takes the phones of the whole utterance, before any of its letters; without them it is decoded by letters alone.</summary>
    /// <param name="logProbabilities">Natural logarithms, [time, phone and last the blank], row-major; none where the network has no phones.</param>
    /// <exception cref="ArgumentException">The number of values is no whole number of frames.</exception>
    /// <exception cref="InvalidOperationException">Letters of the utterance were accepted already.</exception>
    public void AcceptPhones(ReadOnlySpan<float> logProbabilities)
    {
        if (_phones is null || logProbabilities.IsEmpty) return;
        if (FrameCount > 0) throw new InvalidOperationException("The phones of an utterance come before its letters.");
        _phones.Load(logProbabilities);
        _beam.Reset();
    }

    /// <inheritdoc/>
    public CtcHypothesis Partial() => _beam.Partial();

    /// <inheritdoc/>
    public IReadOnlyList<CtcHypothesis> Finish(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (_rescorer is null) return _beam.Finish(count);
        IReadOnlyList<CtcHypothesis> rescored = _rescorer.Rescore(_beam.Finish(Math.Max(count, _rescored)));
        return rescored.Count <= count ? rescored : [.. rescored.Take(count)];
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _phones?.Load([]);
        _beam.Reset();
    }

    /// <inheritdoc/>
    public void Dispose() => _neural?.Dispose();

    private static IScorer NGramScorer(Alphabet alphabet, LanguagePackage language, NGramModel ngram, ScorerOptions weights)
    {
        try
        {
            return ngram.Vocabulary.HasCharacters
                ? new CharacterNGramScorer(ngram, alphabet, weights)
                : new WordScorer(ngram, language.TrieOf(alphabet), weights);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(language.Name, "the n-gram model", $"does not fit the network ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static IScorer NeuralScorer(Alphabet alphabet, NeuralSession session, ScorerOptions weights)
    {
        if (session.Tokens is CharacterTokens)
        {
            int[] tokens = new int[alphabet.Size];
            for (int c = 0; c < tokens.Length; c++) tokens[c] = c;
            return new CharacterNeuralScorer(session.Stepper, alphabet, tokens, weights);
        }

        return WordScorer.OfNeural(session.Stepper, ((WordTokens)session.Tokens).Vocabulary, alphabet, weights);
    }

    /// <summary>The neural model over whole texts, mixed with the n-gram model where the two have the same symbols.</summary>
    private static ITextScorer SecondPass(NeuralSession session, NGramModel? ngram, DecoderSettings settings)
    {
        NeuralTextScorer neural = new(session.Stepper, session.Tokens, settings.UnknownLetterCost);
        if (ngram is null || settings.NeuralShare >= 1 || ngram.Vocabulary.HasCharacters != (session.Tokens.Unit == LanguageUnit.Characters))
            return neural;
        NGramTextScorer counted = new(ngram, settings.UnknownLetterCost);
        return settings.NeuralShare <= 0 ? counted : new MixedTextScorer(neural, counted, settings.NeuralShare);
    }

    private static void CheckAlphabet(Alphabet alphabet, LanguageTokens tokens, string name)
    {
        if (tokens is CharacterTokens characters && !characters.Alphabet.Equals(alphabet))
            throw new ModelFormatException(name, "the neural model", $"is made for the letters \"{characters.Alphabet.Symbols}\" and the network for \"{alphabet.Symbols}\": use a language model of the same letters");
    }
}
