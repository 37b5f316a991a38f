namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>
/// Bounds the decoded sound that waits in memory: a file is read only while what was read before and is not yet done stays under a limit. So memory is
/// bounded by the limit and one file for each reader. Thread-safe.
/// </summary>
internal sealed class SampleBudget
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly long _limit;
    private long _held;

    public SampleBudget(long limit) => _limit = limit;

    /// <summary>Waits until another file may be read.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_held < _limit)
                return Task.CompletedTask;
            TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            return turn.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Counts what a file turned out to hold.</summary>
    public void Add(long samples)
    {
        lock (_gate)
            _held += samples;
    }

    /// <summary>Gives it back.</summary>
    public void Remove(long samples)
    {
        lock (_gate)
        {
            _held -= samples;
            while (_held < _limit && _waiting.TryDequeue(out TaskCompletionSource? turn))
                turn.SetResult();
        }
    }
}
