using System.Collections.Concurrent;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Packages;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// Corrects the spelling of texts, whoever misspelt them, a writer or a speech recogniser: it looks for the text whose probability under a language model,
/// times that of its coming out as what was seen, is highest. Words may be joined and split. Case, punctuation, numbers and words of other
/// alphabets stay. Thread-safe; the language models stay the caller's.
/// </summary>
public sealed class SpellingCorrector
{
    private readonly ChannelModel _channel;
    private readonly WordList _words;
    private readonly NGramModel? _model;
    private readonly IHotWords? _hotWords;
    private readonly SecondPass? _secondPass;
    private readonly Lock _lock = new();
    private volatile Setting _setting;

    /// <summary>A corrector.</summary>
    /// <param name="channel">How letters meant come out.</param>
    /// <param name="words">Words and their frequencies, for words outside the language model and words that stand alone.</param>
    /// <param name="model">A language model over words; null to go by the frequency of words alone.</param>
    /// <param name="options">How to weigh and search; null for the defaults.</param>
    /// <param name="hotWords">Phrases to favour, of words known or not, in the letters of <see cref="Alphabet.English"/>; null for none. Each text is corrected with
    /// those in force when it comes.</param>
    /// <param name="neural">A neural language model, of words or characters, that ranks the best texts of the search anew; it serves this corrector alone. Null for none.</param>
    /// <exception cref="ArgumentException">An option is out of its range, the hot words or the neural model are of another alphabet, the model is one over
    /// characters, or there is no word at all.</exception>
    public SpellingCorrector(ChannelModel channel, WordList words, NGramModel? model = null, CorrectionOptions? options = null, IHotWords? hotWords = null, NeuralSession? neural = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(words);
        Options = options ?? new CorrectionOptions();
        Options.Validate();
        if (model is { Vocabulary.HasCharacters: true })
            throw new ArgumentException($"'{model.Name}' is a language model over characters; correcting needs one over words.", nameof(model));
        (_channel, _words, _model, _hotWords) = (channel, words, model, hotWords);
        _secondPass = neural is null || Options.NeuralWeight <= 0 ? null : new SecondPass(neural, Options.NeuralWeight);
        _setting = Set(hotWords?.Current);
    }

    /// <summary>How it weighs and searches.</summary>
    public CorrectionOptions Options { get; }

    /// <summary>The number of words that it knows.</summary>
    public int WordCount => _setting.Lexicon.Count;

    /// <summary>Corrects one text, at best one sentence.</summary>
    /// <param name="text">The text; what has no letter from a to z comes back as it is.</param>
    public Correction Correct(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        WrittenText written = new(text);
        if (!written.HasLetters)
            return Unchanged(text);
        Setting setting = Current();
        if (!setting.Decoders.TryTake(out SentenceDecoder? decoder))
            decoder = new SentenceDecoder(_channel, setting.Lexicon, _model, setting.HotWords?.Automaton, Options);
        bool single = written.Count == 1;
        SecondPass? secondPass = single ? null : _secondPass;
        List<DecodedText> texts = decoder.Decode(written.Codes, secondPass is null ? Options.Alternatives : Math.Max(Options.Alternatives, Options.RescoredTexts), single);
        setting.Decoders.Add(decoder);
        if (texts.Count == 0)
            return Unchanged(text);
        if (secondPass is not null)
            texts = secondPass.Rank(texts, written, setting.Lexicon);
        CorrectionAlternative[] alternatives = new CorrectionAlternative[Math.Min(texts.Count, Options.Alternatives)];
        for (int i = 0; i < alternatives.Length; i++)
            alternatives[i] = new CorrectionAlternative(written.With(texts[i], setting.Lexicon), texts[i].Score);
        return new Correction(alternatives[0].Text, alternatives);
    }

    private static Correction Unchanged(string text) => new(text, [new CorrectionAlternative(text, 0)]);

    /// <summary>The words to correct with now; they are gathered anew when the hot words have changed.</summary>
    private Setting Current()
    {
        HotWordList? hot = _hotWords?.Current;
        if (ReferenceEquals(hot, _setting.HotWords))
            return _setting;
        lock (_lock)
            return ReferenceEquals(hot, _setting.HotWords) ? _setting : _setting = Set(hot);
    }

    private Setting Set(HotWordList? hotWords)
    {
        if (hotWords is not null && !hotWords.Alphabet.Equals(Alphabet.English))
            throw new ArgumentException($"The hot words are written with the letters \"{hotWords.Alphabet.Symbols}\"; correcting needs them with \"{Alphabet.English.Symbols}\".", nameof(hotWords));
        return new Setting(hotWords, new Lexicon(_words, _model, hotWords, Options.LanguageWeight, Options.NovelWordShare), []);
    }

    /// <summary>What depends on the hot words: the words known, and decoders over them that are idle.</summary>
    private sealed record Setting(HotWordList? HotWords, Lexicon Lexicon, ConcurrentBag<SentenceDecoder> Decoders);
}
