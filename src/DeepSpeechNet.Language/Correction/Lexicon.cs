using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// All words that a corrector knows, from its own list, the language model's vocabulary and the hot phrases, with their frequencies, in one tree of
/// letters. Immutable.
/// </summary>
internal sealed class Lexicon
{
    /// <summary>The frequency of a word that only the hot phrases name: whoever names it expects it now and then.</summary>
    private const double HotFrequency = 1e-6;

    /// <summary>The share of running words that stand in no list.</summary>
    private const double NovelRate = 0.003;

    private static readonly float NovelLogarithm = (float)Math.Log(NovelRate);

    private readonly string[] _words;
    private readonly int[] _ids;
    private readonly float[] _unigram;
    private readonly float[] _share;
    private readonly HashSet<int> _hotAlone = [];

    /// <exception cref="ArgumentException">There is no word at all.</exception>
    public Lexicon(WordList list, NGramModel? model, HotWordList? hot, float weight, float novelShare)
    {
        SortedDictionary<string, (double Count, int Id)> all = new(StringComparer.Ordinal);
        ReadOnlySpan<string> listed = list.Words;
        for (int i = 0; i < listed.Length; i++)
            all.Add(listed[i], (list.Counts[i], 0));
        if (model is not null)
            AddVocabulary(all, model, Math.Max(list.Total, 1));
        Dictionary<string, float> gains = HotGains(hot);
        foreach (string word in gains.Keys)
        {
            double count = Math.Max(list.Total * HotFrequency, 1);
            (double Count, int Id) known = all.GetValueOrDefault(word);
            if (known.Id == 0 && known.Count < count)
                all[word] = (count, 0);
        }

        if (all.Count == 0)
            throw new ArgumentException("Neither the word list nor the language model has a word of the letters a to z; correcting needs words.", nameof(list));
        _words = [.. all.Keys];
        _ids = new int[_words.Length];
        _unigram = new float[_words.Length];
        _share = new float[_words.Length];
        double total = 0, unknown = 0;
        foreach ((double count, int id) in all.Values)
        {
            total += count;
            unknown += id == 0 ? count : 0;
        }

        int at = 0;
        foreach ((double count, int id) in all.Values)
        {
            _ids[at] = id;
            _unigram[at] = (float)Math.Log(count / total * (1 - NovelRate));
            _share[at] = id == 0 ? (float)Math.Log(count / unknown * (1 - novelShare)) : 0;
            at++;
        }

        NovelShare = MathF.Log(novelShare);
        float[] hopes = [.. _unigram];
        foreach ((string word, float gain) in gains)
        {
            int number = Array.BinarySearch(_words, word, StringComparer.Ordinal);
            hopes[number] += gain / Math.Max(weight, 0.1f);
            if (_ids[number] == 0)
                _hotAlone.Add(number);
        }

        Trie = WordTrie.Build(ChannelLetters.Alphabet, _words.Index(), word => hopes[word]);
        Letters = new LetterModel(_words);
    }

    /// <summary>The words as a tree of letters; the score of a word is its unigram log probability and what hot phrases add to it.</summary>
    public WordTrie Trie { get; }

    /// <summary>How believable words outside all lists are.</summary>
    public LetterModel Letters { get; }

    /// <summary>ln of the share of the language model's unknown words that no list holds.</summary>
    public float NovelShare { get; }

    /// <summary>The number of words.</summary>
    public int Count => _words.Length;

    /// <summary>A word's text.</summary>
    public string this[int word] => _words[word];

    /// <summary>The word's number in the language model, 0 where that lacks it.</summary>
    public int Id(int word) => _ids[word];

    /// <summary>ln of the word's frequency.</summary>
    public float Unigram(int word) => _unigram[word];

    /// <summary>ln of the frequency of a word that no list holds.</summary>
    /// <param name="letters">Its letters by their numbers.</param>
    public float NovelUnigram(ReadOnlySpan<byte> letters) => NovelLogarithm + Letters.LogProbability(letters);

    /// <summary>ln of the word's share of the words that the language model lacks.</summary>
    public float Share(int word) => _share[word];

    /// <summary>Whether hot phrases name a word that the language model lacks.</summary>
    public bool IsHotAlone(int word) => _hotAlone.Contains(word);

    /// <summary>Whether a word is in it.</summary>
    public bool Contains(ReadOnlySpan<byte> letters)
    {
        int node = WordTrie.Root;
        foreach (byte letter in letters)
        {
            if ((node = Trie.Child(node, letter)) < 0)
                return false;
        }

        return Trie.Word(node) >= 0;
    }

    /// <summary>The words of hot phrases, and the most that each earns at once: its share of the phrase's letters.</summary>
    private static Dictionary<string, float> HotGains(HotWordList? hot)
    {
        Dictionary<string, float> gains = new(StringComparer.Ordinal);
        foreach (HotWord phrase in hot?.Phrases ?? [])
        {
            int length = phrase.Phrase.Length;
            for (int at = 0, end; at < length; at = end + 1)
            {
                end = phrase.Phrase.IndexOf(' ', at) is var space and >= 0 ? space : length;
                string word = phrase.Phrase[at..end];
                float gain = (float)phrase.Weight * (Math.Min(end + 1, length) - at) / length;
                if (WordList.IsWord(word))
                    gains[word] = Math.Max(gains.GetValueOrDefault(word), gain);
            }
        }

        return gains;
    }

    private static void AddVocabulary(SortedDictionary<string, (double Count, int Id)> all, NGramModel model, double total)
    {
        NGramState empty = model.Empty;
        for (int id = Vocabulary.FirstWord; id < model.Vocabulary.Count; id++)
        {
            string word = model.Vocabulary[id];
            if (!WordList.IsWord(word))
                continue;
            double count = all.TryGetValue(word, out (double Count, int Id) known)
                ? known.Count
                : Math.Max(Math.Exp(model.Score(empty, id, out _)) * total, 1);
            all[word] = (count, id);
        }
    }
}
