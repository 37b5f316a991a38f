using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>
/// One stream of sound becoming text while it is heard. Write samples in chunks of any size, read <see cref="Updates"/> at the same time, and end with
/// <see cref="CompleteAsync"/>. Final texts depend on the samples alone, not on chunk sizes, timing or other sessions. What an utterance needed is let go when
/// its final text is out, so a session may run for months. All members may be called from any thread at any time; disposing ends everything at once.
/// </summary>
public sealed class RecognitionSession : IAsyncDisposable
{
    private const int MaximumPendingFinals = 2;
    private const int Piece = 1600;
    private const double Sure = 0.97;
    private static readonly TimeSpan HoldBack = TimeSpan.FromSeconds(0.1), Settled = TimeSpan.FromSeconds(0.35);

    private readonly Recognizer _recognizer;
    private readonly SessionOptions _options;
    private readonly TranscriptionOptions _transcription;
    private readonly int _rate;
    private readonly Resampler _resampler;
    private readonly SpeechSegmenter? _segmenter;
    private readonly SampleWindow _samples = new();
    private readonly UpdateQueue _updates;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Task> _finals = new();
    private readonly float[] _resampled;
    private readonly long _partialSamples;
    private readonly PartialRecognizer? _reader;
    private readonly StableWords _stable = new(HoldBack, Sure, Settled);
    private Task _partial = Task.CompletedTask;
    private Task _lastFinal = Task.CompletedTask;
    private EagerFinal? _eager;
    private int _readUtterance = -1;
    private long _readTo;
    private long _nextPartial;
    private long _position;
    private int _utterance;
    private bool _complete;
    private int _disposed;

    internal RecognitionSession(Recognizer recognizer, SessionOptions options)
    {
        _recognizer = recognizer;
        _options = options;
        _transcription = options.Transcription;
        _rate = recognizer.Model.FrontEnd.SampleRate;
        if (!Resampler.Supports(options.SampleRate, _rate))
            throw new ArgumentException($"{nameof(options.SampleRate)} is {options.SampleRate}; the model takes {_rate} Hz, and the two may differ by a factor of {Resampler.MaximumRatio} at most.");
        _resampler = new Resampler(options.SampleRate, _rate);
        _segmenter = options.Segmentation == Segmentation.Whole ? null : new SpeechSegmenter(options.Endpoints, _rate);
        _updates = new UpdateQueue(options.EveryPartial);
        _resampled = new float[Math.Max(_resampler.MaximumOutputCount(Piece), _resampler.MaximumFlushCount)];
        _reader = options.Partials ? recognizer.NewPartialRecognizer() : null;
        _partialSamples = (long)(options.PartialInterval.TotalSeconds * _rate);
        _nextPartial = _partialSamples;
    }

    /// <summary>How the session listens.</summary>
    public SessionOptions Options => _options;

    /// <summary>How much of the stream has been heard.</summary>
    public TimeSpan Position => TimeSpan.FromSeconds(Interlocked.Read(ref _position) / (double)_rate);

    /// <summary>
    /// The updates, as they come, for one reader; they end after <see cref="CompleteAsync"/> or when the session is disposed. Reading throws a
    /// <see cref="RecognitionException"/> where an utterance could not be recognised.
    /// </summary>
    public IAsyncEnumerable<TranscriptUpdate> Updates => _updates.ReadAsync();

    /// <summary>Takes the next samples of the stream. It waits while recognition is more than two utterances behind.</summary>
    /// <param name="samples">Any number of samples in [-1, 1) at <see cref="SessionOptions.SampleRate"/>; ones that are no finite numbers count as silence.</param>
    /// <param name="cancellationToken">Gives up waiting; what was not taken by then is lost, and the session should be disposed.</param>
    /// <exception cref="InvalidOperationException">The stream was completed, or is longer than one utterance may be and was not to be cut.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    /// <exception cref="RecognitionException">An utterance could not be recognised.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken = default)
    {
        using Entry entry = await EnterAsync(cancellationToken).ConfigureAwait(false);
        if (_complete)
            throw new InvalidOperationException("The stream was completed: start another session for another stream.");
        while (samples.Length > 0)
        {
            int count = Math.Min(samples.Length, Piece);
            Hear(Resample(samples.Span[..count]));
            samples = samples[count..];
            await FollowAsync(more: samples.Length > 0, entry.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the current utterance here, as if a pause had been heard, and goes on listening. Where nothing was said, nothing comes of it.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Done when the final text, if there is one, can be read.</returns>
    /// <exception cref="InvalidOperationException">The stream was completed, or is one utterance.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    /// <exception cref="RecognitionException">An utterance could not be recognised.</exception>
    public async Task EndUtteranceAsync(CancellationToken cancellationToken = default)
    {
        using Entry entry = await EnterAsync(cancellationToken).ConfigureAwait(false);
        if (_complete || _segmenter is null)
            throw new InvalidOperationException(_complete ? "The stream was completed: start another session for another stream." : "The whole stream is to be one utterance: complete it instead.");
        _segmenter.EndSegment();
        TakeSegments();
        await SettleAsync(entry.Token).ConfigureAwait(false);
    }

    /// <summary>Ends the stream. Calling it again does nothing more.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Done when all final texts can be read.</returns>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    /// <exception cref="RecognitionException">An utterance could not be recognised.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken = default)
    {
        using Entry entry = await EnterAsync(cancellationToken).ConfigureAwait(false);
        if (!_complete)
        {
            _complete = true;
            Hear(_resampled.AsSpan(0, _resampler.Flush(_resampled)));
            if (_segmenter is null)
            {
                if (_samples.End > 0)
                    StartFinal(0, _samples.End);
            }
            else
            {
                _segmenter.Complete();
                TakeSegments();
            }
        }

        await SettleAsync(entry.Token).ConfigureAwait(false);
        _updates.Complete();
    }

    /// <summary>Ends everything at once: what is being recognised is given up, and <see cref="Updates"/> end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        _updates.Complete();
        await _gate.WaitAsync().ConfigureAwait(false);
        await Task.WhenAll(_lastFinal, _partial, _eager?.Transcript ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _gate.Release();
        _stop.Dispose();
    }

    private async ValueTask<Entry> EnterAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_disposed == 0)
            return new Entry(this, cancellationToken);
        _gate.Release();
        throw new ObjectDisposedException(nameof(RecognitionSession));
    }

    private ReadOnlySpan<float> Resample(ReadOnlySpan<float> samples)
    {
        if (!samples.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            return _resampled.AsSpan(0, _resampler.Process(samples, _resampled));
        Span<float> clean = stackalloc float[samples.Length];
        for (int i = 0; i < samples.Length; i++)
            clean[i] = float.IsFinite(samples[i]) ? samples[i] : 0;
        return _resampled.AsSpan(0, _resampler.Process(clean, _resampled));
    }

    private void Hear(ReadOnlySpan<float> samples)
    {
        if (_segmenter is null && _samples.End + samples.Length > Recognizer.LongestUtterance * _rate)
            throw new InvalidOperationException($"The stream is longer than {Recognizer.LongestUtterance} s, the most that one utterance may last: let it be cut at pauses.");
        _samples.Append(samples);
        Interlocked.Add(ref _position, samples.Length);
        if (_segmenter is null)
            return;
        _segmenter.Write(samples);
        TakeSegments();
    }

    private void TakeSegments()
    {
        while (_segmenter!.TryRead(out SpeechSegment segment))
        {
            if (segment.HasSpeech)
            {
                SpeechSegment utterance = _segmenter.Trim(segment);
                StartFinal(utterance.Start, utterance.End);
            }

            _samples.DropBefore(segment.End);
        }
    }

    private void StartFinal(long start, long end)
    {
        Task<Transcript> transcript;
        if (_eager is { } eager && eager.Start == start && eager.End == end)
        {
            transcript = eager.Transcript;
        }
        else
        {
            _eager?.GiveUp();
            float[] samples = _samples.Copy(start, end);
            transcript = Task.Run(() => TranscribeAsync(samples, _stop.Token));
        }

        _eager = null;
        _lastFinal = PublishAsync(UpdateKind.Final, _utterance++, start, transcript, _lastFinal);
        _finals.Enqueue(_lastFinal);
        _nextPartial = _samples.End + _partialSamples;
    }

    /// <summary>Starts a partial text where one is due, and waits where recognition falls behind. While more of a chunk is at hand, a text would be old when it came.</summary>
    private async ValueTask FollowAsync(bool more, CancellationToken cancellationToken)
    {
        while (_finals.Count > 0 && (_finals.Count > MaximumPendingFinals || _finals.Peek().IsCompleted))
            await _finals.Dequeue().WaitAsync(cancellationToken).ConfigureAwait(false);
        bool pausing = false;
        if (_segmenter is not null)
        {
            if (!_segmenter.HasSpeech)
                return;
            pausing = _options.EagerFinals && _segmenter.Position >= _segmenter.TrimmedEnd;
            if (pausing)
                StartEager(_segmenter.TrimmedStart, _segmenter.TrimmedEnd);
        }

        if (_reader is not null && !pausing && _samples.End >= _nextPartial && (!more || _options.EveryPartial))
            await ReadOnAsync(cancellationToken).ConfigureAwait(false);
        if (_options.EveryPartial)
            await _partial.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Works the final text out while the silence may still turn out to be a breath.</summary>
    private void StartEager(long start, long end)
    {
        if (_eager is { } eager && eager.Start == start && eager.End == end)
            return;
        _eager?.GiveUp();
        float[] samples = _samples.Copy(start, end);
        _eager = new EagerFinal(start, end, token => TranscribeAsync(samples, token), _stop.Token);
        if (_reader is not null)
            _partial = ShowEagerAsync(_partial, _eager, _utterance);
    }

    private async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        if (_options.EveryPartial)
            await SettleAsync(cancellationToken).ConfigureAwait(false);
        else if (!_partial.IsCompleted || !_lastFinal.IsCompleted)
            return;
        long start = _segmenter?.TrimmedStart ?? 0;
        bool begin = _readUtterance != _utterance;
        int utterance = _readUtterance = _utterance;
        float[] samples = _samples.Copy(begin ? start : _readTo, _samples.End);
        _readTo = _samples.End;
        // Chunks that do not divide the interval must not stretch it: it is counted from when the text was due.
        _nextPartial = begin ? _samples.End + _partialSamples : _nextPartial + ((((_samples.End - _nextPartial) / _partialSamples) + 1) * _partialSamples);
        _partial = PublishAsync(UpdateKind.Partial, utterance, start, Task.Run(() => ReadAsync(utterance, samples, begin), CancellationToken.None), Task.CompletedTask);
    }

    /// <summary>Waits for what is being recognised.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        await _lastFinal.WaitAsync(cancellationToken).ConfigureAwait(false);
        _finals.Clear();
        await _partial.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<Transcript> TranscribeAsync(float[] samples, CancellationToken cancellationToken) =>
        _recognizer.TranscribeUtteranceAsync(samples, _transcription, cancellationToken);

    private async Task<Transcript> ReadAsync(int utterance, float[] samples, bool begin)
    {
        if (begin)
            _reader!.Begin();
        Transcript text = await _reader!.HearAsync(samples, _transcription with { Alternatives = 0 }, _stop.Token).ConfigureAwait(false);
        return _options.TentativeWords ? text : _stable.Hear(utterance, text);
    }

    /// <summary>Shows what will be the final text if no more is said.</summary>
    private async Task ShowEagerAsync(Task before, EagerFinal eager, int utterance)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ((Task)eager.Transcript).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!eager.Transcript.IsCompletedSuccessfully)
            return;
        Transcript text = await eager.Transcript.ConfigureAwait(false);
        _stable.Accept(utterance, text);
        _updates.Add(TranscriptUpdate.From(text with { Alternatives = [] }, UpdateKind.Partial, utterance, Time(eager.Start)));
    }

    private async Task PublishAsync(UpdateKind kind, int utterance, long start, Task<Transcript> transcript, Task before)
    {
        try
        {
            Transcript text = await transcript.ConfigureAwait(false);
            await before.ConfigureAwait(false);
            _updates.Add(TranscriptUpdate.From(text, kind, utterance, Time(start)));
        }
        catch (Exception e)
        {
            RecognitionException fault = e as RecognitionException ?? new RecognitionException(e);
            _updates.Complete(_stop.IsCancellationRequested ? null : fault);
            throw fault;
        }
    }

    private TimeSpan Time(long sample) => TimeSpan.FromSeconds(sample / (double)_rate);

    /// <summary>The right to change the session, for one caller at a time.</summary>
    private readonly struct Entry : IDisposable
    {
        private readonly RecognitionSession _session;
        private readonly CancellationTokenSource _both;

        public Entry(RecognitionSession session, CancellationToken cancellationToken)
        {
            _session = session;
            _both = CancellationTokenSource.CreateLinkedTokenSource(session._stop.Token, cancellationToken);
        }

        public CancellationToken Token => _both.Token;

        public void Dispose()
        {
            _both.Dispose();
            _session._gate.Release();
        }
    }
}
