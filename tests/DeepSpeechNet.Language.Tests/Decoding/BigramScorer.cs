using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Tests.Decoding;

/// <summary>
/// A toy language model over characters: the score of a symbol depends on the one before it. Checks that the decoder keeps
/// the contract of states: it may only name states that are alive.
/// </summary>
internal sealed class BigramScorer(float[,] scores, float[] ends) : IScorer
{
    private readonly Dictionary<int, int> _last = [];
    private readonly Stack<int> _free = [];

    /// <summary>States alive now.</summary>
    public int Alive => _last.Count;

    /// <summary>Calls of Extend, and prefixes extended by them.</summary>
    public (int Calls, int Prefixes) Extended { get; private set; }

    public int SymbolCount => ends.Length - 1;

    public float HighestExtension(int label) => Enumerable.Range(0, SymbolCount + 1).Max(last => scores[last, label]);

    /// <summary>The score of a whole labelling, with or without its end.</summary>
    public double ScoreOf(IReadOnlyList<int> labels, bool end)
    {
        double sum = 0;
        int last = SymbolCount;
        foreach (int label in labels)
        {
            sum += scores[last, label];
            last = label;
        }

        return end ? sum + ends[last] : sum;
    }

    public int Begin(Span<float> scores)
    {
        _last.Clear();
        _free.Clear();
        return Take(SymbolCount, scores);
    }

    public void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores)
    {
        Extended = (Extended.Calls + 1, Extended.Prefixes + states.Length);
        for (int i = 0; i < states.Length; i++)
        {
            if (!_last.ContainsKey(states[i])) throw new InvalidOperationException($"State {states[i]} is not alive.");
            extended[i] = Take(labels[i], scores.Slice(i * SymbolCount, SymbolCount));
        }
    }

    public void End(ReadOnlySpan<int> states, Span<float> scores)
    {
        for (int i = 0; i < states.Length; i++) scores[i] = ends[_last[states[i]]];
    }

    public void Release(int state)
    {
        if (!_last.Remove(state)) throw new InvalidOperationException($"State {state} is not alive.");
        _free.Push(state);
    }

    private int Take(int last, Span<float> row)
    {
        int state = _free.TryPop(out int old) ? old : _last.Count;
        _last.Add(state, last);
        for (int c = 0; c < row.Length; c++) row[c] = scores[last, c];
        return state;
    }
}
