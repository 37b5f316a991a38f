using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>
/// The updates that wait for a session's reader. Of partial ones only the newest waits (unless all are to be kept), so a slow reader costs no memory.
/// Any number of threads write, one reads.
/// </summary>
internal sealed class UpdateQueue(bool keepAll)
{
    private readonly Lock _lock = new();
    private readonly Queue<TranscriptUpdate> _waiting = new();
    private TranscriptUpdate? _partial;
    private TaskCompletionSource? _reader;
    private RecognitionException? _fault;
    private bool _complete;
    private int _finals;

    /// <summary>Adds an update; a partial one that comes too late or too early for its utterance is dropped.</summary>
    public void Add(TranscriptUpdate update)
    {
        lock (_lock)
        {
            if (_complete || (!update.IsFinal && update.Utterance != _finals))
                return;
            if (update.IsFinal)
            {
                _finals = update.Utterance + 1;
                _partial = null;
            }

            if (update.IsFinal || keepAll)
                _waiting.Enqueue(update);
            else
                _partial = update;
            Wake();
        }
    }

    /// <summary>Nothing more comes; the reader meets the fault, if there is one, behind what waits.</summary>
    public void Complete(RecognitionException? fault = null)
    {
        lock (_lock)
        {
            if (_complete)
                return;
            _complete = true;
            _fault = fault;
            Wake();
        }
    }

    /// <summary>Gives the updates as they come.</summary>
    public async IAsyncEnumerable<TranscriptUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task more;
            TranscriptUpdate? next;
            lock (_lock)
            {
                if (!_waiting.TryDequeue(out next))
                    (next, _partial) = (_partial, null);
                if (next is null && _complete)
                {
                    if (_fault is not null)
                        throw _fault;
                    yield break;
                }

                more = next is null ? (_reader ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
            }

            if (next is not null)
                yield return next;
            else
                await more.WaitAsync(cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Wake()
    {
        _reader?.TrySetResult();
        _reader = null;
    }
}
