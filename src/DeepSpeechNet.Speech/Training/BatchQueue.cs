using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Training;

/// <summary>
/// Prepares the batches of an epoch on other threads, ahead of the training step, and hands them out in their order. Preparers and batches are kept for the
/// next epoch.
/// </summary>
internal sealed class BatchQueue
{
    private readonly Func<UtterancePreparer> _create;
    private readonly int _threads;
    private readonly int _stride;
    private readonly ConcurrentBag<UtterancePreparer> _preparers = [];
    private readonly ConcurrentBag<PreparedBatch> _batches = [];

    public BatchQueue(Func<UtterancePreparer> create, int threads, int stride)
    {
        _create = create;
        _threads = threads;
        _stride = stride;
    }

    /// <summary>Gives a batch back when it has been uploaded.</summary>
    public void Return(PreparedBatch batch) => _batches.Add(batch);

    /// <summary>The batches of an epoch from number <paramref name="start"/> on.</summary>
    public async IAsyncEnumerable<PreparedBatch> RunAsync(BatchPlan plan, int start, int epoch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<Task<PreparedBatch>> ahead = Channel.CreateBounded<Task<PreparedBatch>>(_threads);
        Task producer = Produce(plan, start, epoch, ahead.Writer, stop.Token);
        try
        {
            await foreach (Task<PreparedBatch> batch in ahead.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return await batch.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await producer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Produce(BatchPlan plan, int start, int epoch, ChannelWriter<Task<PreparedBatch>> ahead, CancellationToken cancellationToken)
    {
        try
        {
            foreach (ReadOnlyMemory<int> indices in plan.From(start))
            {
                await ahead.WaitToWriteAsync(cancellationToken).ConfigureAwait(false);
                await ahead.WriteAsync(Task.Run(() => Prepare(indices, epoch), cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ahead.Complete();
        }
    }

    private PreparedBatch Prepare(ReadOnlyMemory<int> indices, int epoch)
    {
        if (!_preparers.TryTake(out UtterancePreparer? preparer))
            preparer = _create();
        if (!_batches.TryTake(out PreparedBatch? batch))
            batch = new PreparedBatch();
        batch.Fill(indices.Span, preparer, epoch, _stride);
        _preparers.Add(preparer);
        return batch;
    }
}
