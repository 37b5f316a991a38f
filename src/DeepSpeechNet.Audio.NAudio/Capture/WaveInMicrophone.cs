using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DeepSpeechNet.Audio.Capture;
using DeepSpeechNet.Audio.Files.Wav;
using NAudio.Wave;

namespace DeepSpeechNet.Audio.NAudio.Capture;

/// <summary>One of NAudio's recorders as a microphone. The recorder's own thread brings the sound; a reader who is late for half a minute loses none.</summary>
internal sealed class WaveInMicrophone : IMicrophone
{
    private const double PatienceSeconds = 30;
    private const int AccessDenied = unchecked((int)0x80070005);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly MicrophoneOptions _options;
    private readonly IWaveIn _source;
    private readonly WaveFrames _frames;
    private readonly Channel<float[]> _chunks;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private bool _started;
    private bool _disposed;
    private bool _losing;
    private int _overruns;

    /// <summary>Takes over a recorder that does not record yet.</summary>
    public WaveInMicrophone(IWaveIn source, MicrophoneOptions options)
    {
        _source = source;
        _options = options;
        WaveFormat format = source.WaveFormat;
        SampleEncoding? encoding = SampleFormats.Encoding(format);
        if (encoding is null || format.Channels < 1)
        {
            source.Dispose();
            throw new CaptureException($"The microphone '{Device}' gives {format.Channels} channels of {format.BitsPerSample} bits of {format.Encoding}, which are not samples: choose another one.");
        }

        SampleRate = format.SampleRate;
        _frames = new WaveFrames(encoding.Value, format.Channels, Math.Max(1, (int)(options.ChunkSeconds * SampleRate)));
        _chunks = Channel.CreateBounded<float[]>((int)(PatienceSeconds / options.ChunkSeconds));
        source.DataAvailable += OnData;
        source.RecordingStopped += OnStopped;
    }

    /// <inheritdoc/>
    public string Device => _options.Device;

    /// <inheritdoc/>
    public int SampleRate { get; }

    /// <inheritdoc/>
    public int Overruns => Volatile.Read(ref _overruns);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<float>> CaptureAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Start();
        try
        {
            while (true)
            {
                try
                {
                    if (!await _chunks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                        yield break;
                }
                catch (OperationCanceledException)
                {
                    yield break;
                }

                while (_chunks.Reader.TryRead(out float[]? chunk))
                    yield return chunk;
            }
        }
        finally
        {
            Stop();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        bool started;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            started = _started;
        }

        if (started)
        {
            // Buffers must not be freed while the recorder's thread is in them; a driver that hangs is not waited for.
            Stop();
            _stopped.Task.Wait(StopPatience);
        }

        _source.Dispose();
    }

    /// <summary>Why a device could not be opened or started.</summary>
    internal static string Refused(string device, Exception e) => e.HResult == AccessDenied
        ? $"Windows does not let this program use the microphone '{device}': allow it under Settings, Privacy, Microphone."
        : $"The microphone '{device}' cannot be opened ({e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}): choose another one ('dsn listen --list' shows them).";

    private void Start()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_started)
                throw new InvalidOperationException($"The microphone '{Device}' is being read already.");
            try
            {
                _source.StartRecording();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new CaptureException(Refused(Device, e), e);
            }

            _started = true;
        }
    }

    private void Stop()
    {
        try
        {
            _source.StopRecording();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A device that was pulled out cannot be stopped; it has ended by itself.
            _chunks.Writer.TryComplete();
        }
    }

    private void OnData(object? sender, WaveInEventArgs e) => _frames.Add(e.Buffer.AsSpan(0, e.BytesRecorded), Take);

    private void Take(float[] chunk)
    {
        // Nobody has read for half a minute: what comes is lost, and each such time counts once.
        bool taken = _chunks.Writer.TryWrite(chunk);
        if (!taken && !_losing)
            Interlocked.Increment(ref _overruns);
        _losing = !taken;
    }

    private void OnStopped(object? sender, StoppedEventArgs e)
    {
        float[] rest = _frames.Rest();
        if (rest.Length > 0)
            Take(rest);
        _chunks.Writer.TryComplete(e.Exception is null ? null : new CaptureException($"The microphone '{Device}' failed ({e.Exception.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}): is it still plugged in?", e.Exception));
        _stopped.TrySetResult();
    }
}
