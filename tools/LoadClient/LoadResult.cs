namespace DeepSpeechNet.LoadClient;

/// <summary>Durations in milliseconds.</summary>
internal sealed class Latencies
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public void Add(TimeSpan value)
    {
        lock (_values)
            _values.Add(value.TotalMilliseconds);
    }

    /// <summary>The value that so many of a hundred do not exceed (nearest rank).</summary>
    public double Percentile(double percent)
    {
        if (_values.Count == 0)
            return double.NaN;
        _values.Sort();
        return _values[Math.Clamp((int)Math.Ceiling(percent / 100 * _values.Count) - 1, 0, _values.Count - 1)];
    }
}

/// <summary>What some streams met.</summary>
internal sealed class LoadResult
{
    private int _sessions, _failed;
    private long _chunks, _late;

    /// <summary>From a word's last sample leaving to the first text that shows it.</summary>
    public Latencies Partials { get; } = new();

    /// <summary>From the stop message to the last final text.</summary>
    public Latencies Finals { get; } = new();

    public int Sessions => _sessions;

    public int Failed => _failed;

    /// <summary>The share of chunks that this program itself sent more than 20 ms late: above a few percent, the table measures the client.</summary>
    public double LateChunks => _chunks == 0 ? 0 : _late / (double)_chunks;

    public void Ended(bool failed) => Interlocked.Increment(ref failed ? ref _failed : ref _sessions);

    public void Sent(bool late)
    {
        Interlocked.Increment(ref _chunks);
        if (late)
            Interlocked.Increment(ref _late);
    }
}
