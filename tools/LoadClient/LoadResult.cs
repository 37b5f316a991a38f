namespace DeepSpeechNet.LoadClient;

/// <summary>Durations in milliseconds.</summary>
internal sealed class Latencies
{
    private readonly List<(double Milliseconds, string Of)> _values = [];

    public int Count => _values.Count;

    public void Add(string of, TimeSpan value)
    {
        lock (_values)
            _values.Add((value.TotalMilliseconds, of));
    }

    /// <summary>What took longest.</summary>
    public IEnumerable<(double Milliseconds, string Of)> Longest(int count) => _values.OrderDescending().Take(count);

    /// <summary>The value that so many of a hundred do not exceed (nearest rank).</summary>
    public double Percentile(double percent)
    {
        if (_values.Count == 0)
            return double.NaN;
        _values.Sort();
        return _values[Math.Clamp((int)Math.Ceiling(percent / 100 * _values.Count) - 1, 0, _values.Count - 1)].Milliseconds;
    }
}

/// <summary>What some streams met.</summary>
internal sealed class LoadResult
{
    private readonly SortedDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private int _sessions;
    private long _chunks, _late;

    /// <summary>From the last sound that a partial text has heard leaving to the text's coming.</summary>
    public Latencies Texts { get; } = new();

    /// <summary>From a word's last sample leaving to the first text that has a word in its place.</summary>
    public Latencies Words { get; } = new();

    /// <summary>From a word's last sample leaving to the first text that has the final text's word in its place.</summary>
    public Latencies RightWords { get; } = new();

    /// <summary>From the stop message to the last final text.</summary>
    public Latencies Finals { get; } = new();

    public int Sessions => _sessions;

    public int Failed => _failures.Values.Sum();

    /// <summary>Why sessions failed.</summary>
    public string Failures => string.Join("; ", _failures.Select(f => $"{f.Key} x {f.Value}"));

    /// <summary>The share of chunks that this program itself sent more than 20 ms late: above a few percent, the table measures the client.</summary>
    public double LateChunks => _chunks == 0 ? 0 : _late / (double)_chunks;

    public void Ended() => Interlocked.Increment(ref _sessions);

    public void Ended(Exception failure)
    {
        lock (_failures)
            _failures[failure.Message] = _failures.GetValueOrDefault(failure.Message) + 1;
    }

    public void Sent(bool late)
    {
        Interlocked.Increment(ref _chunks);
        if (late)
            Interlocked.Increment(ref _late);
    }
}
