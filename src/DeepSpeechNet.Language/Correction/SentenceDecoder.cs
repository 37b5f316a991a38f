using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// Finds the texts that a seen text may have been: argmax over texts of ln P(seen | text) + weight · ln P(text). A beam goes from letter to letter of
/// what was seen; a hypothesis is a node in the tree of words and the words behind it, and moves on by copying a letter or by an edit of the channel.
/// Hypotheses that meet add up. Not thread-safe; buffers are kept between calls.
/// </summary>
internal sealed class SentenceDecoder
{
    /// <summary>The place of a hypothesis before the space that stands before the first word.</summary>
    public const int Outside = -1;

    /// <summary>
    /// How much the best score is expected to fall at most over the letters of one edit, in natural logarithms: what is worse than that and the threshold
    /// together is dropped at once, before better hypotheses reach that letter.
    /// </summary>
    private const float Fall = 6;

    /// <summary>Stands for a word that is not made of the channel's letters: it stays what it is.</summary>
    public const byte Foreign = ChannelLetters.Count;

    private readonly ChannelModel _channel;
    private readonly Lexicon _lexicon;
    private readonly CorrectionOptions _options;
    private readonly HistoryStore _histories;
    private readonly Stack<HypothesisSet> _free = [];
    private HypothesisSet?[] _sets = [];
    private float[] _order = [];
    private float _weight, _penalty, _wordPenalty, _best;

    public SentenceDecoder(ChannelModel channel, Lexicon lexicon, NGramModel? model, HotWordAutomaton? hot, CorrectionOptions options)
    {
        (_channel, _lexicon, _options) = (channel, lexicon, options);
        _histories = new HistoryStore(lexicon, model, hot);
    }

    /// <summary>The best texts, the best first; none where the beam lost them all.</summary>
    /// <param name="seen">The letters seen, a space before, between and after words, <see cref="Foreign"/> for a word that must stay.</param>
    /// <param name="count">How many texts are wanted.</param>
    /// <param name="single">Whether the text is one word that stands alone.</param>
    public List<DecodedText> Decode(ReadOnlySpan<byte> seen, int count, bool single)
    {
        _weight = single ? _options.SingleWordWeight : _options.LanguageWeight;
        _penalty = single ? _options.SingleWordEditPenalty : _options.EditPenalty;
        _wordPenalty = single ? 0 : _options.WordPenalty;
        _histories.Clear(single, _weight, _options.WordBonus);
        if (_sets.Length <= seen.Length)
            _sets = new HypothesisSet[seen.Length + 1];
        Put(0, Outside, HistoryStore.None, 0, 0, false);
        int token = 0;
        for (int at = 0; at < seen.Length; at++)
        {
            if (_sets[at] is { } set)
            {
                _best = set.Best;
                Expand(seen, at, Survivors(set), token);
                Recycle(at);
            }

            if (at > 0 && seen[at] == ChannelLetters.Space)
                token++;
        }

        return Finish(seen.Length, count);
    }

    private List<DecodedText> Finish(int at, int count)
    {
        List<(float Score, Hypothesis Hypothesis)> ends = [];
        if (_sets[at] is { } last)
        {
            foreach (Hypothesis h in last.Items)
            {
                if (h.Node == WordTrie.Root)
                    ends.Add((h.Score + _histories.End(h.History), h));
            }

            Recycle(at);
        }

        ends.Sort(static (a, b) => b.Score != a.Score ? b.Score.CompareTo(a.Score) : a.Hypothesis.History.CompareTo(b.Hypothesis.History));
        List<DecodedText> texts = [];
        for (int i = 0; i < Math.Min(count, ends.Count); i++)
            texts.Add(new DecodedText(_histories.Trace(ends[i].Hypothesis.History, ends[i].Hypothesis.Ends), ends[i].Score));
        return texts;
    }

    private void Recycle(int at)
    {
        _sets[at]!.Clear();
        _free.Push(_sets[at]!);
        _sets[at] = null;
    }

    /// <summary>The hypotheses of a set that go on, moved to its front.</summary>
    private Span<Hypothesis> Survivors(HypothesisSet set)
    {
        float floor = set.Best - _options.Threshold;
        Span<Hypothesis> items = set.Items;
        int kept = 0;
        foreach (Hypothesis h in items)
        {
            if (h.Priority >= floor)
                items[kept++] = h;
        }

        items = items[..kept];
        if (kept <= _options.BeamWidth)
            return Sorted(items);
        if (_order.Length < kept)
            _order = new float[kept * 2];
        for (int i = 0; i < kept; i++)
            _order[i] = -items[i].Priority;
        Array.Sort(_order, 0, kept);
        floor = -_order[_options.BeamWidth - 1];
        kept = 0;
        foreach (Hypothesis h in items)
        {
            if (h.Priority >= floor)
                items[kept++] = h;
        }

        items = Sorted(items[..kept]);
        return items[..Math.Min(kept, _options.BeamWidth)]; // Of equal ones no more either: where scores are huge, all may be equal.
    }

    /// <summary>The best first, so that the letters ahead soon know what a good hypothesis is.</summary>
    private static Span<Hypothesis> Sorted(Span<Hypothesis> items)
    {
        items.Sort(static (a, b) => b.Priority.CompareTo(a.Priority));
        return items;
    }

    private void Expand(ReadOnlySpan<byte> seen, int at, ReadOnlySpan<Hypothesis> hypotheses, int token)
    {
        bool atToken = at > 0 && seen[at - 1] == ChannelLetters.Space;
        int length = 0;
        bool novel = false;
        if (atToken)
        {
            length = seen[at..].IndexOf((byte)ChannelLetters.Space);
            novel = seen[at] == Foreign || !_lexicon.Contains(seen.Slice(at, length));
        }

        foreach (Hypothesis h in hypotheses)
        {
            if (novel && h.Node == WordTrie.Root)
                Keep(seen.Slice(at, length), at, h, token);
            if (seen[at] == Foreign)
                continue;
            CopyLetter(seen[at], at, h);
            for (int b = 1; b <= ChannelLetters.MaxLength && at + b <= seen.Length && seen[at + b - 1] != Foreign; b++)
                Edit(seen.Slice(at, b), at, h);
        }
    }

    /// <summary>A word that no list holds stays what it is.</summary>
    private void Keep(ReadOnlySpan<byte> word, int at, in Hypothesis h, int token)
    {
        bool foreign = word[0] == Foreign;
        int history = _histories.AddNovel(h.History, token, foreign ? [] : word, out float gain);
        float score = h.Score + gain + _channel.Copy[ChannelLetters.Space];
        if (!foreign)
        {
            foreach (byte letter in word)
                score += _channel.Copy[letter];
        }

        int next = at + word.Length + 1;
        Put(next, WordTrie.Root, history, score, _histories.AddEnd(h.Ends, next), false);
    }

    private void CopyLetter(byte letter, int at, in Hypothesis h)
    {
        int node = h.Node, history = h.History, ends = h.Ends;
        float score = h.Score + _channel.Copy[letter];
        if (Step(ref node, ref history, ref score, ref ends, letter, at + 1))
            Put(at + 1, node, history, score, ends, h.Damaged && letter != ChannelLetters.Space);
    }

    private void Edit(ReadOnlySpan<byte> letters, int at, in Hypothesis h)
    {
        WordTrie trie = _lexicon.Trie;
        int to = at + letters.Length, space = letters.IndexOf((byte)ChannelLetters.Space), position = space < 0 ? to : at + space + 1;
        float floor = Math.Max(_sets[to]?.Best ?? float.NegativeInfinity, _best - Fall) - _options.Threshold;
        float ahead = _weight * trie.Best(Math.Max(h.Node, WordTrie.Root));
        ReadOnlySpan<EditUnit> units = _channel.Units;
        foreach (ChannelModel.Group group in _channel.GroupsOf(ChannelLetters.Pack(letters)))
        {
            bool possible = h.Node == Outside ? group.First == ChannelLetters.Space
                : group.First == ChannelLetters.Space ? trie.Word(h.Node) >= 0 : trie.Child(h.Node, group.First) >= 0;
            if (!possible)
                continue;
            float penalty = _penalty + (h.Damaged && group.First != ChannelLetters.Space ? 0 : _wordPenalty);
            for (int i = group.From; i < group.To; i++)
            {
                float score = h.Score + units[i].LogProbability - penalty;
                // Within a word the best that it can become only gets worse; a new word starts with hope again.
                if (score + (group.First == ChannelLetters.Space ? 0 : ahead) < floor)
                    break;
                int node = h.Node, history = h.History, ends = h.Ends, meant = units[i].Meant, last = 0;
                while (meant > 0 && Step(ref node, ref history, ref score, ref ends, last = meant % ChannelLetters.Count, position))
                    meant /= ChannelLetters.Count;
                if (meant == 0)
                    Put(to, node, history, score, ends, _wordPenalty != 0 && last != ChannelLetters.Space);
            }
        }
    }

    /// <summary>Goes one meant letter on; false where no word has it there.</summary>
    private bool Step(ref int node, ref int history, ref float score, ref int ends, int letter, int position)
    {
        if (node == Outside)
        {
            node = WordTrie.Root;
            return letter == ChannelLetters.Space;
        }

        if (letter != ChannelLetters.Space)
            return (node = _lexicon.Trie.Child(node, letter)) >= 0;
        int word = _lexicon.Trie.Word(node);
        if (word < 0)
            return false;
        history = _histories.Add(history, word, out float gain);
        score += gain;
        ends = _histories.AddEnd(ends, position);
        node = WordTrie.Root;
        return true;
    }

    private void Put(int at, int node, int history, float score, int ends, bool damaged)
    {
        HypothesisSet set = _sets[at] ??= _free.Count > 0 ? _free.Pop() : new HypothesisSet();
        float priority = score + (_weight * _lexicon.Trie.Best(Math.Max(node, WordTrie.Root)));
        if (priority >= set.Best - _options.Threshold)
            set.Add(new Hypothesis(node, history, score, priority, ends, damaged));
    }
}
