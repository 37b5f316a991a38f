using System.Collections.Concurrent;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// Corrects the spelling of texts, whoever misspelt them, a writer or a speech recogniser: it looks for the text whose probability under a language model,
/// times that of its coming out as what was seen, is highest. Words may be joined and split. Case, punctuation, numbers and words of other
/// alphabets stay. Thread-safe; the language model stays the caller's.
/// </summary>
public sealed class SpellingCorrector
{
    private readonly ChannelModel _channel;
    private readonly Lexicon _lexicon;
    private readonly NGramModel? _model;
    private readonly HotPhrases _hot;
    private readonly ConcurrentBag<SentenceDecoder> _decoders = [];

    /// <summary>A corrector.</summary>
    /// <param name="channel">How letters meant come out.</param>
    /// <param name="words">Words and their frequencies, for words outside the language model and words that stand alone.</param>
    /// <param name="model">A language model over words; null to go by the frequency of words alone.</param>
    /// <param name="options">How to weigh and search; null for the defaults.</param>
    /// <param name="hotWords">Phrases to favour, of words known or not; null for none.</param>
    /// <exception cref="ArgumentException">An option is out of its range, a hot phrase has other characters than a to z, apostrophe and single spaces,
    /// the model is one over characters, or there is no word at all.</exception>
    public SpellingCorrector(ChannelModel channel, WordList words, NGramModel? model = null, CorrectionOptions? options = null, IEnumerable<HotWord>? hotWords = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(words);
        Options = options ?? new CorrectionOptions();
        Options.Validate();
        if (model is { Vocabulary.HasCharacters: true })
            throw new ArgumentException($"'{model.Name}' is a language model over characters; correcting needs one over words.", nameof(model));
        HotWord[] phrases = [.. hotWords ?? []];
        foreach (HotWord hot in phrases)
        {
            if (!Array.TrueForAll(hot.Phrase.Split(' '), WordList.IsWord))
                throw new ArgumentException($"The hot phrase '{hot.Phrase}' has other characters than a to z, apostrophe and single spaces between words; write it with those alone.", nameof(hotWords));
        }

        (_channel, _model, _hot) = (channel, model, new HotPhrases(phrases));
        _lexicon = new Lexicon(words, model, _hot, Options.LanguageWeight, Options.NovelWordShare);
        if (_lexicon.Count == 0)
            throw new ArgumentException("Neither the word list nor the language model has a word of the letters a to z; correcting needs words.", nameof(words));
    }

    /// <summary>How it weighs and searches.</summary>
    public CorrectionOptions Options { get; }

    /// <summary>The number of words that it knows.</summary>
    public int WordCount => _lexicon.Count;

    /// <summary>Corrects one text, at best one sentence.</summary>
    /// <param name="text">The text; what has no letter from a to z comes back as it is.</param>
    public Correction Correct(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        WrittenText written = new(text);
        if (!written.HasLetters)
            return Unchanged(text);
        if (!_decoders.TryTake(out SentenceDecoder? decoder))
            decoder = new SentenceDecoder(_channel, _lexicon, _model, _hot, Options);
        List<DecodedText> texts = decoder.Decode(written.Codes, Options.Alternatives, single: written.Count == 1);
        _decoders.Add(decoder);
        if (texts.Count == 0)
            return Unchanged(text);
        CorrectionAlternative[] alternatives = new CorrectionAlternative[texts.Count];
        for (int i = 0; i < alternatives.Length; i++)
            alternatives[i] = new CorrectionAlternative(written.With(texts[i], _lexicon), texts[i].Score);
        return new Correction(alternatives[0].Text, alternatives);
    }

    private static Correction Unchanged(string text) => new(text, [new CorrectionAlternative(text, 0)]);
}
