using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>The letters' log-probabilities of one utterance, and the phones' where they are wanted. Dispose it to give its arrays back to the pool.</summary>
public sealed class LetterProbabilities : IDisposable
{
    private readonly ArrayPool<float> _pool;
    private readonly int _phoneClasses;
    private float[]? _values;
    private float[]? _phones;

    internal LetterProbabilities(ArrayPool<float> pool, int frames, int classes, int phoneClasses = 0)
    {
        _pool = pool;
        _phoneClasses = phoneClasses;
        _values = pool.Rent(Math.Max(1, frames * classes));
        _phones = phoneClasses > 0 ? pool.Rent(Math.Max(1, frames * phoneClasses)) : null;
        Frames = frames;
        Classes = classes;
    }

    /// <summary>Output frames.</summary>
    public int Frames { get; }

    /// <summary>Letters and blank.</summary>
    public int Classes { get; }

    /// <summary>Natural logarithms, [time, class], row-major.</summary>
    public ReadOnlySpan<float> Values => (_values ?? throw new ObjectDisposedException(nameof(LetterProbabilities))).AsSpan(0, Frames * Classes);

    /// <summary>Natural logarithms of the phones, [time, phone and last the blank], row-major; empty where there are none.</summary>
    public ReadOnlySpan<float> Phones => _phones.AsSpan(0, Frames * _phoneClasses);

    /// <summary>The letters, to be filled.</summary>
    internal Span<float> Fill => _values.AsSpan(0, Frames * Classes);

    /// <summary>The phones, to be filled.</summary>
    internal Span<float> FillPhones => _phones.AsSpan(0, Frames * _phoneClasses);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_values is not null)
            _pool.Return(_values);
        if (_phones is not null)
            _pool.Return(_phones);
        _values = _phones = null;
    }
}

/// <summary>
/// Runs the acoustic network for many callers on one thread: whatever waits is put into batches of like lengths, which one matrix product serves
/// together. A neighbour in the batch never changes a result, so neither does the load. Thread-safe.
/// </summary>
internal sealed class NetworkRunner : IAsyncDisposable
{
    private const int MaximumBatch = 16;
    private const int MaximumFrames = 24_000;

    // While somebody watches words appear: one long utterance's worth, so that no piece waits long behind what is only to be done some time.
    private const int WatchedFrames = 2_000;
    private const int WatchedRuns = 8;
    private const int WarmUpFrames = 16;

    private readonly AcousticModel _model;
    private readonly bool _withPhones;
    private readonly Channel<Request?> _waiting = Channel.CreateUnbounded<Request?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentQueue<ChunkRequest> _chunks = new();

    // Not the shared pool, which keeps arrays for every thread that ever gave one back: streams run for months.
    private readonly ArrayPool<float> _pool = ArrayPool<float>.Create(1 << 24, 16);
    private readonly HostBatch _host = new();
    private readonly Tape _tape;
    private readonly ChunkBatch _chunkBatch;
    private readonly Task _loop;

    /// <summary>Runs a network.</summary>
    /// <param name="model">The network; nothing else may run it meanwhile.</param>
    /// <param name="withPhones">Whether the phones of whole utterances are wanted too; the network must have them.</param>
    public NetworkRunner(AcousticModel model, bool withPhones = false)
    {
        _model = model;
        _withPhones = withPhones;
        _tape = new Tape(model.Device, recording: false);
        _chunkBatch = new ChunkBatch(model, _tape, _pool);
        _loop = Task.Factory.StartNew(Loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The log-probabilities of one utterance's frames; the frames may be reused when the task has ended.</summary>
    public Task<LetterProbabilities> RunAsync(UtteranceFrames frames, CancellationToken cancellationToken)
    {
        Request request = new(frames, new TaskCompletionSource<LetterProbabilities>(TaskCreationOptions.RunContinuationsAsynchronously), cancellationToken);
        return _waiting.Writer.TryWrite(request) ? request.Result.Task : throw new ObjectDisposedException("Recognizer");
    }

    /// <summary>The network that is run.</summary>
    public AcousticModel Model => _model;

    /// <summary>
    /// The log-probabilities of a piece of an utterance. Pieces go before whole utterances: they are short, and somebody is looking at the words. The frames and the
    /// state may be used again when the task has ended.
    /// </summary>
    public Task<LetterProbabilities> RunAsync(NetworkChunk chunk)
    {
        ChunkRequest request = new(chunk, new TaskCompletionSource<LetterProbabilities>(TaskCreationOptions.RunContinuationsAsynchronously));
        _chunks.Enqueue(request);
        return _waiting.Writer.TryWrite(null) ? request.Result.Task : throw new ObjectDisposedException("Recognizer");
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private void Loop()
    {
        List<Request> pending = [];
        WarmUp(pending);
        int runsSincePiece = WatchedRuns;
        while (pending.Count > 0 || _waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (pending.Count < 4 * MaximumBatch && _waiting.Reader.TryRead(out Request? request))
            {
                if (request is not null)
                    pending.Add(request);
            }

            runsSincePiece = _chunks.IsEmpty ? Math.Min(WatchedRuns, runsSincePiece + 1) : 0;
            RunChunks();
            if (pending.Count > 0)
                RunOne(pending, runsSincePiece < WatchedRuns ? WatchedFrames : MaximumFrames);
        }

        RunChunks();
    }

    /// <summary>Runs all pieces that wait, those that carry as many frames side by side.</summary>
    private void RunChunks()
    {
        List<ChunkRequest> waiting = [];
        while (_chunks.TryDequeue(out ChunkRequest? request))
            waiting.Add(request);
        while (waiting.Count > 0)
        {
            int carried = waiting[0].Chunk.Carried;
            List<ChunkRequest> batch = [.. waiting.Where(r => r.Chunk.Carried == carried).Take(MaximumBatch)];
            waiting.RemoveAll(batch.Contains);
            try
            {
                LetterProbabilities[] results = _chunkBatch.Run([.. batch.Select(r => r.Chunk)]);
                for (int b = 0; b < results.Length; b++)
                    batch[b].Result.SetResult(results[b]);
            }
            catch (Exception e)
            {
                foreach (ChunkRequest request in batch)
                    request.Result.TrySetException(e);
            }
            finally
            {
                _tape.Reset();
            }
        }
    }

    /// <summary>
    /// Runs a moment of silence, while the first callers still read their files: kernels are compiled and weights packed then, not when somebody waits.
    /// </summary>
    private void WarmUp(List<Request> pending)
    {
        int frames = WarmUpFrames * _model.Options.Stride;
        Request silence = new(
            new UtteranceFrames(new float[frames * _model.Features], frames),
            new TaskCompletionSource<LetterProbabilities>(TaskCreationOptions.RunContinuationsAsynchronously),
            CancellationToken.None);
        pending.Add(silence);
        RunOne(pending, MaximumFrames);
        if (silence.Result.Task.IsCompletedSuccessfully)
            silence.Result.Task.Result.Dispose();
    }

    /// <summary>Takes the request that has waited longest and those nearest to it in length, and runs them as one batch of so many frames at most.</summary>
    private void RunOne(List<Request> pending, int most)
    {
        Request first = pending[0];
        List<Request> batch = [.. pending.OrderBy(r => Math.Abs(r.Frames.FrameCount - first.Frames.FrameCount)).Take(MaximumBatch)];
        while (batch.Count > 1 && batch.Max(r => r.Frames.FrameCount) * batch.Count > Math.Min(most, 1.25 * batch.Sum(r => r.Frames.FrameCount)))
            batch.RemoveAt(batch.Count - 1);
        pending.RemoveAll(batch.Contains);
        batch.RemoveAll(r => r.CancellationToken.IsCancellationRequested && r.Result.TrySetCanceled(r.CancellationToken));
        if (batch.Count == 0)
            return;
        try
        {
            Run(batch);
        }
        catch (Exception e)
        {
            foreach (Request request in batch)
                request.Result.TrySetException(e);
        }
        finally
        {
            _tape.Reset();
        }
    }

    private void Run(List<Request> batch)
    {
        int count = batch.Count;
        UtteranceFrames[] utterances = new UtteranceFrames[count];
        for (int b = 0; b < count; b++)
            utterances[b] = batch[b].Frames;
        _host.Clear();
        FrameBatch.Add(_host, utterances, _model.Features, _model.Options.Stride);
        DeviceBatch device = _host.Upload(_model.Device);
        try
        {
            Tensor? phones = null;
            Tensor logits = _withPhones
                ? _model.Logits(_tape, device.Tensors[0], device.Tensors[1], out phones)
                : _model.Logits(_tape, device.Tensors[0], device.Tensors[1]);
            LetterProbabilities[] results = new LetterProbabilities[count];
            for (int b = 0; b < count; b++)
                results[b] = new LetterProbabilities(_pool, _model.OutputFrames(utterances[b].FrameCount), _model.Classes, phones?.Shape.Columns ?? 0);
            Take(logits, results, result => result.Fill);
            if (phones is not null)
                Take(phones, results, result => result.FillPhones);
            for (int b = 0; b < count; b++)
            {
                if (!batch[b].Result.TrySetResult(results[b]))
                    results[b].Dispose();
            }
        }
        finally
        {
            device.Release();
        }
    }

    /// <summary>Gives each utterance its rows of the logarithms of the softmax of [T, B, classes].</summary>
    private void Take(Tensor logits, LetterProbabilities[] results, Func<LetterProbabilities, Span<float>> place)
    {
        Tensor log = LogSoftmax.Apply(_tape, logits);
        int length = checked((int)log.Count), classes = log.Shape.Columns;
        float[] all = _pool.Rent(length);
        try
        {
            _model.Device.Download(log, MemoryMarshal.AsBytes(all.AsSpan(0, length)));
            for (int b = 0; b < results.Length; b++)
            {
                Span<float> values = place(results[b]);
                for (int t = 0; t < results[b].Frames; t++)
                    all.AsSpan(((t * results.Length) + b) * classes, classes).CopyTo(values[(t * classes)..]);
            }
        }
        finally
        {
            _pool.Return(all);
        }
    }

    private sealed record ChunkRequest(NetworkChunk Chunk, TaskCompletionSource<LetterProbabilities> Result);

    private sealed record Request(UtteranceFrames Frames, TaskCompletionSource<LetterProbabilities> Result, CancellationToken CancellationToken);
}
