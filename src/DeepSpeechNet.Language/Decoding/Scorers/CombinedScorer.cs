namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>
/// Several scorers as one: their scores add up. With weights in each this is a log-linear combination of models. Not safe for
/// several threads at once.
/// </summary>
public sealed class CombinedScorer : IScorer
{
    private readonly IScorer[] _parts;
    private readonly Slots<State> _states = new();
    private int[] _from = new int[64];
    private int[] _to = new int[64];
    private float[] _scores = [];

    /// <summary>Combines scorers, one to eight.</summary>
    /// <exception cref="ArgumentException">There is none or there are more than eight, or they are made for different numbers of symbols.</exception>
    public CombinedScorer(params IReadOnlyList<IScorer> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count is 0 or > 8) throw new ArgumentException($"A combination takes 1 to 8 scorers, not {parts.Count}.", nameof(parts));
        _parts = [.. parts];
        SymbolCount = _parts[0].SymbolCount;
        foreach (IScorer part in _parts)
        {
            if (part.SymbolCount != SymbolCount) throw new ArgumentException($"Scorers of {SymbolCount} and of {part.SymbolCount} symbols cannot be combined.", nameof(parts));
        }
    }

    /// <inheritdoc/>
    public int SymbolCount { get; }

    /// <inheritdoc/>
    public bool FollowsFrames => Array.Exists(_parts, part => part.FollowsFrames);

    /// <inheritdoc/>
    public float HighestExtension(int label)
    {
        float sum = 0;
        foreach (IScorer part in _parts) sum += part.HighestExtension(label);
        return sum;
    }

    /// <inheritdoc/>
    public int Begin(Span<float> scores)
    {
        _states.Clear();
        Span<float> own = Scratch(SymbolCount);
        State state = default;
        scores.Clear();
        for (int p = 0; p < _parts.Length; p++)
        {
            state.Handles[p] = _parts[p].Begin(own);
            Add(own, scores);
        }

        return _states.Take(state);
    }

    /// <inheritdoc/>
    public void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores)
    {
        int count = states.Length;
        Prepare(count);
        Span<float> own = Scratch(count * SymbolCount);
        Span<int> from = _from.AsSpan(0, count), to = _to.AsSpan(0, count);
        scores.Clear();
        for (int i = 0; i < count; i++) extended[i] = _states.Take(default);
        for (int p = 0; p < _parts.Length; p++)
        {
            for (int i = 0; i < count; i++) from[i] = _states[states[i]].Handles[p];
            _parts[p].Extend(from, labels, to, own);
            for (int i = 0; i < count; i++) _states[extended[i]].Handles[p] = to[i];
            Add(own, scores);
        }
    }

    /// <inheritdoc/>
    public void End(ReadOnlySpan<int> states, Span<float> scores) => Sum(states, scores, ended: true);

    /// <inheritdoc/>
    public void Pause(ReadOnlySpan<int> states, Span<float> scores) => Sum(states, scores, ended: false);

    /// <inheritdoc/>
    public float Fit(int state, int frame)
    {
        float sum = 0;
        for (int p = 0; p < _parts.Length; p++) sum += _parts[p].Fit(_states[state].Handles[p], frame);
        return sum;
    }

    /// <inheritdoc/>
    public void Release(int state)
    {
        for (int p = 0; p < _parts.Length; p++) _parts[p].Release(_states[state].Handles[p]);
        _states.Release(state);
    }

    private void Sum(ReadOnlySpan<int> states, Span<float> scores, bool ended)
    {
        int count = states.Length;
        Prepare(count);
        Span<float> own = Scratch(count);
        Span<int> from = _from.AsSpan(0, count);
        scores.Clear();
        for (int p = 0; p < _parts.Length; p++)
        {
            for (int i = 0; i < count; i++) from[i] = _states[states[i]].Handles[p];
            if (ended) _parts[p].End(from, own);
            else _parts[p].Pause(from, own);
            Add(own, scores);
        }
    }

    private static void Add(ReadOnlySpan<float> own, Span<float> scores)
    {
        for (int i = 0; i < own.Length; i++) scores[i] += own[i];
    }

    private Span<float> Scratch(int count)
    {
        if (_scores.Length < count) _scores = new float[Math.Max(count, 2 * _scores.Length)];
        return _scores.AsSpan(0, count);
    }

    private void Prepare(int count)
    {
        if (_from.Length >= count) return;
        int size = Math.Max(count, 2 * _from.Length);
        _from = new int[size];
        _to = new int[size];
    }

    private struct State
    {
        public PartHandles Handles;
    }

    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct PartHandles
    {
        private int _first;
    }
}
