using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Correction;

/// <summary>The word sequences of a search as a tree, with what the language model thinks of each; made once each and found again. Not thread-safe.</summary>
internal sealed class HistoryStore
{
    /// <summary>The sequence of no words.</summary>
    public const int None = 0;

    private readonly Lexicon _lexicon;
    private readonly NGramModel? _model;
    private readonly HotWordAutomaton? _hot;
    private readonly Dictionary<long, int> _children = [];
    private Entry[] _entries = new Entry[1024];
    private (int Before, int Position)[] _ends = new (int, int)[1024];
    private int _count, _endCount;
    private bool _single;
    private float _weight, _bonus;

    public HistoryStore(Lexicon lexicon, NGramModel? model, HotWordAutomaton? hot) => (_lexicon, _model, _hot) = (lexicon, model, hot);

    /// <summary>Forgets all sequences and starts anew.</summary>
    /// <param name="single">Whether a word stands alone, so that frequencies count and no context does.</param>
    /// <param name="weight">The weight of the language model.</param>
    /// <param name="bonus">Added for each word.</param>
    public void Clear(bool single, float weight, float bonus)
    {
        (_single, _weight, _bonus) = (single || _model is null, weight, bonus);
        _children.Clear();
        _entries[None] = new Entry { Word = -1, Hot = HotWordAutomaton.Start, State = _model is null ? default : _model.Begin };
        _count = 1;
        _ends[0] = (0, 0);
        _endCount = 1;
    }

    /// <summary>The sequence with one more word of the lexicon, and what the score gains.</summary>
    public int Add(int history, int word, out float gain) => Add(history, word, word, ReadOnlySpan<byte>.Empty, out gain);

    /// <summary>The sequence with one more word that is in no list.</summary>
    /// <param name="history">The words before.</param>
    /// <param name="token">The number of the word in the text.</param>
    /// <param name="letters">Its letters; none for what is not made of letters, which costs nothing.</param>
    /// <param name="gain">What the score gains.</param>
    public int AddNovel(int history, int token, ReadOnlySpan<byte> letters, out float gain) => Add(history, ~token, -1, letters, out gain);

    /// <summary>Notes where a word ends in what was seen.</summary>
    public int AddEnd(int before, int position)
    {
        if (_endCount == _ends.Length)
            Array.Resize(ref _ends, _endCount * 2);
        _ends[_endCount] = (before, position);
        return _endCount++;
    }

    /// <summary>What the score gains at the end of the text.</summary>
    public float End(int history)
    {
        Entry entry = _entries[history];
        float gain = _hot?.EndGain(entry.Hot) ?? 0;
        return _single ? gain : gain + (_weight * _model!.Score(entry.State, Vocabulary.End, out _));
    }

    /// <summary>The words of a sequence, numbers of the lexicon or complements of numbers in the text, and where they end.</summary>
    public (int Word, int End)[] Trace(int history, int ends)
    {
        List<(int, int)> words = [];
        for (; history != None; history = _entries[history].Parent, ends = _ends[ends].Before)
            words.Add((_entries[history].Word, _ends[ends].Position));
        words.Reverse();
        return [.. words];
    }

    private int Add(int history, int mark, int word, ReadOnlySpan<byte> letters, out float gain)
    {
        long key = ((long)history << 32) | (uint)mark;
        if (_children.TryGetValue(key, out int known))
        {
            gain = _entries[known].Gain;
            return known;
        }

        if (_count == _entries.Length)
            Array.Resize(ref _entries, _count * 2);
        ref Entry parent = ref _entries[history];
        ref Entry entry = ref _entries[_count];
        entry.Parent = history;
        entry.Word = mark;
        float probability = _single ? Frequency(word, letters) : Continue(parent.State, word, letters, out entry.State);
        entry.Gain = gain = (_weight * probability) + _bonus + HotGain(parent.Hot, word, letters, out entry.Hot);
        _children.Add(key, _count);
        return _count++;
    }

    private float Frequency(int word, ReadOnlySpan<byte> letters) => word >= 0
        ? _lexicon.Unigram(word)
        : letters.IsEmpty ? 0 : _lexicon.NovelUnigram(letters);

    private float Continue(in NGramState state, int word, ReadOnlySpan<byte> letters, out NGramState next)
    {
        int id = word >= 0 ? _lexicon.Id(word) : Vocabulary.Unknown;
        float probability = _model!.Score(state, id, out next);
        if (id != Vocabulary.Unknown)
            return probability;
        return probability + (word >= 0 ? _lexicon.Share(word) : letters.IsEmpty ? 0 : _lexicon.NovelShare + _lexicon.Letters.LogProbability(letters));
    }

    /// <summary>What hot words give for a word and the space after it; a word that is not made of letters ends any phrase.</summary>
    private float HotGain(int state, int word, ReadOnlySpan<byte> letters, out int next)
    {
        next = HotWordAutomaton.Start;
        if (_hot is null)
            return 0;
        if (word < 0 && letters.IsEmpty)
            return _hot.EndGain(state);
        float gain = 0;
        next = state;
        int count = word >= 0 ? _lexicon[word].Length : letters.Length;
        for (int i = 0; i <= count; i++)
        {
            int code = i == count ? ChannelLetters.Space : word >= 0 ? ChannelLetters.Code(_lexicon[word][i]) : letters[i];
            gain += _hot.Gain(next, code - 1);
            next = _hot.Next(next, code - 1);
        }

        return gain;
    }

    private struct Entry
    {
        public int Parent, Word, Hot;
        public float Gain;
        public NGramState State;
    }
}
