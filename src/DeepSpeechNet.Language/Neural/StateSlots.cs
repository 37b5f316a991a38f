namespace DeepSpeechNet.Language.Neural;

/// <summary>The states of a stepper: each a row of numbers and the last symbols read, in memory that grows as needed and is used again.</summary>
internal sealed class StateSlots
{
    private readonly int _width;
    private readonly int _context;
    private readonly int _padding;
    private readonly Stack<int> _free = new();
    private float[] _values;
    private int[] _recent;
    private bool[] _used;

    /// <summary>No states yet.</summary>
    /// <param name="width">Numbers of a state.</param>
    /// <param name="context">Symbols that it remembers.</param>
    /// <param name="padding">The symbol before the first.</param>
    public StateSlots(int width, int context, int padding)
    {
        const int Start = 16;
        _width = width;
        _context = context;
        _padding = padding;
        _values = new float[Start * width];
        _recent = new int[Start * context];
        _used = new bool[Start];
        AddFree(0);
    }

    /// <summary>States in use.</summary>
    public int Count { get; private set; }

    /// <summary>The numbers of a state; valid until the next is taken.</summary>
    public Span<float> Values(int state) => _values.AsSpan(state * _width, _width);

    /// <summary>The last symbols of a state, the newest last.</summary>
    public ReadOnlySpan<int> Recent(int state) => _recent.AsSpan(state * _context, _context);

    /// <summary>A new state of zeros that has read nothing.</summary>
    public int Take()
    {
        int state = Find();
        Values(state).Clear();
        _recent.AsSpan(state * _context, _context).Fill(_padding);
        return state;
    }

    /// <summary>A new state that remembers the symbols of another and one more; its numbers are the caller's to fill.</summary>
    public int Take(int from, int token)
    {
        int state = Find();
        Span<int> recent = _recent.AsSpan(state * _context, _context);
        Recent(from)[1..].CopyTo(recent);
        recent[^1] = token;
        return state;
    }

    /// <summary>Makes a state's place free.</summary>
    /// <exception cref="ArgumentException">It does not exist.</exception>
    public void Release(int state)
    {
        Check(state);
        _used[state] = false;
        _free.Push(state);
        Count--;
    }

    /// <summary>Makes the places of all states but one free.</summary>
    public void ReleaseAllBut(int kept)
    {
        for (int state = _used.Length - 1; state >= 0; state--)
        {
            if (_used[state] && state != kept)
                Release(state);
        }
    }

    /// <exception cref="ArgumentException">The state does not exist.</exception>
    public void Check(int state)
    {
        if ((uint)state >= (uint)_used.Length || !_used[state])
            throw new ArgumentException($"There is no state {state}: it was released, or never made.", nameof(state));
    }

    private int Find()
    {
        if (_free.Count == 0)
        {
            int before = _used.Length;
            Array.Resize(ref _values, _values.Length * 2);
            Array.Resize(ref _recent, _recent.Length * 2);
            Array.Resize(ref _used, before * 2);
            AddFree(before);
        }

        int state = _free.Pop();
        _used[state] = true;
        Count++;
        return state;
    }

    private void AddFree(int first)
    {
        for (int state = _used.Length - 1; state >= first; state--)
            _free.Push(state);
    }
}
