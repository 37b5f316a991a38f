using DeepSpeechNet.Language.Decoding.Rescoring;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.Packages;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// The second pass of correcting: the best texts of the search are ranked anew with a neural language model, which sees all words before one. Words that it
/// cannot read, and hot words that the n-gram model lacks, are left out of what it reads and count by their frequency. For several threads, one of them at a time.
/// </summary>
internal sealed class SecondPass
{
    private readonly LanguageTokens _tokens;
    private readonly HypothesisRescorer _rescorer;
    private readonly float _weight;
    private readonly Lock _lock = new();

    /// <summary>A second pass.</summary>
    /// <param name="neural">The model, which serves this alone.</param>
    /// <param name="weight">Its weight.</param>
    /// <exception cref="ArgumentException">It is a model over characters that lacks some.</exception>
    public SecondPass(NeuralSession neural, float weight)
    {
        if (neural.Tokens is CharacterTokens characters && Alphabet.English.Symbols.Any(c => characters.Alphabet.IndexOf(new(c)) < 0))
            throw new ArgumentException($"The neural language model is made for the letters \"{characters.Alphabet.Symbols}\"; correcting needs one for \"{Alphabet.English.Symbols}\".", nameof(neural));
        _tokens = neural.Tokens;
        _weight = weight;
        _rescorer = new HypothesisRescorer(new NeuralTextScorer(neural.Stepper, neural.Tokens), weight);
    }

    /// <summary>The texts with their new scores, the best first.</summary>
    /// <param name="texts">What the search found.</param>
    /// <param name="written">What was seen.</param>
    /// <param name="lexicon">Where the words' texts are.</param>
    public List<DecodedText> Rank(List<DecodedText> texts, WrittenText written, Lexicon lexicon)
    {
        string[] sentences = new string[texts.Count];
        double[] scores = new double[texts.Count];
        for (int i = 0; i < sentences.Length; i++)
        {
            sentences[i] = Sentence(texts[i], written, lexicon, out float others);
            scores[i] = texts[i].Score + (_weight * others);
        }

        int[] order;
        lock (_lock)
            order = _rescorer.Rank(sentences, scores);
        List<DecodedText> ranked = new(texts.Count);
        foreach (int i in order)
            ranked.Add(texts[i] with { Score = (float)scores[i] });
        return ranked;
    }

    /// <summary>What the model reads of a text, and ln P of the words that it does not.</summary>
    private string Sentence(DecodedText text, WrittenText written, Lexicon lexicon, out float others)
    {
        List<string> words = new(text.Words.Length);
        others = 0;
        foreach ((int word, _) in text.Words)
        {
            ReadOnlySpan<byte> letters = word >= 0 ? [] : written.Letters(~word);
            if (word < 0 && letters.IsEmpty)
                continue; // It is not made of letters, and stays in all texts alike.
            string read = word >= 0 ? lexicon[word] : ChannelLetters.Text(letters);
            if (CanRead(read) && !(word >= 0 && lexicon.IsHotAlone(word)))
                words.Add(read);
            else
                others += word >= 0 ? lexicon.Unigram(word) : lexicon.NovelUnigram(letters);
        }

        return string.Join(' ', words);
    }

    private bool CanRead(string word) => _tokens is not WordTokens words || words.Vocabulary.Find(word) != NGrams.Vocabulary.Unknown;
}
