namespace DeepSpeechNet.Language.Correction;

/// <summary>A hypothesis of the search: where it stands in the tree of words, which words it has behind it, and its score.</summary>
/// <param name="Node">Node of the word begun; <see cref="SentenceDecoder.Outside"/> before the first space.</param>
/// <param name="History">The words completed, by their number in the <see cref="HistoryStore"/>.</param>
/// <param name="Score">ln of the sum over all ways to get here, weighted.</param>
/// <param name="Priority">The score with the best that the word begun can still become.</param>
/// <param name="Ends">Where its words end in what was seen, by their number in the <see cref="HistoryStore"/>.</param>
/// <param name="Damaged">Whether the word begun has been edited.</param>
internal record struct Hypothesis(int Node, int History, float Score, float Priority, int Ends, bool Damaged);

/// <summary>The hypotheses at one letter: those of one node and one history, edited or not, are one, whose probabilities add up. Kept for reuse.</summary>
internal sealed class HypothesisSet
{
    private Hypothesis[] _items = new Hypothesis[256];
    private int[] _slots = new int[1024];

    /// <summary>The number of hypotheses.</summary>
    public int Count { get; private set; }

    /// <summary>The best priority, negative infinity for none.</summary>
    public float Best { get; private set; } = float.NegativeInfinity;

    /// <summary>The hypotheses.</summary>
    public Span<Hypothesis> Items => _items.AsSpan(0, Count);

    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
        Best = float.NegativeInfinity;
    }

    public void Add(in Hypothesis hypothesis)
    {
        if (Count * 2 >= _slots.Length)
            Grow();
        Best = Math.Max(Best, hypothesis.Priority);
        int mask = _slots.Length - 1;
        for (int slot = Hash(hypothesis) & mask; ; slot = (slot + 1) & mask)
        {
            int index = _slots[slot] - 1;
            if (index < 0)
            {
                if (Count == _items.Length)
                    Array.Resize(ref _items, Count * 2);
                _items[Count++] = hypothesis;
                _slots[slot] = Count;
                return;
            }

            ref Hypothesis there = ref _items[index];
            if (there.Node != hypothesis.Node || there.History != hypothesis.History || there.Damaged != hypothesis.Damaged)
                continue;
            float best = Math.Max(there.Score, hypothesis.Score), ahead = there.Priority - there.Score;
            if (hypothesis.Score > there.Score)
                there.Ends = hypothesis.Ends;
            there.Score = best + MathF.Log(1 + MathF.Exp(Math.Min(there.Score, hypothesis.Score) - best));
            there.Priority = there.Score + ahead;
            Best = Math.Max(Best, there.Priority);
            return;
        }
    }

    private static int Hash(in Hypothesis h) => (int)(((((uint)h.Node * 0x9E3779B1u) ^ (uint)h.History) * 0x85EBCA6Bu) >> 4);

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int i = 0; i < Count; i++)
        {
            int slot = Hash(_items[i]) & mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
        }
    }
}
