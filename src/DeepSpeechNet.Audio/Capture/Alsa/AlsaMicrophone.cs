using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace DeepSpeechNet.Audio.Capture.Alsa;

/// <summary>A capture device of ALSA. A thread of its own takes the sound, so that a reader who is late for some seconds loses none.</summary>
internal sealed class AlsaMicrophone : IMicrophone
{
    private const int Busy = 16, WaitMilliseconds = 100;
    private const double PatienceSeconds = 30;

    private readonly AlsaLibrary _library;
    private readonly MicrophoneOptions _options;
    private readonly int _channels;
    private readonly int _chunk;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly nint _stream;
    private Thread? _thread;
    private bool _disposed;
    private int _overruns;

    public AlsaMicrophone(AlsaLibrary library, MicrophoneOptions options)
    {
        _library = library;
        _options = options;
        _chunk = (int)(options.ChunkSeconds * options.SampleRate);
        int error = library.Open(options.Device, out _stream);
        if (error < 0)
            throw new CaptureException($"The microphone '{options.Device}' cannot be opened ({library.Error(error)}): {(error == -Busy ? "close the program that uses it, or choose another one" : "choose another one")} ('dsn listen --list' shows them).");
        foreach (int channels in new[] { 1, 2 })
        {
            error = library.SetParameters(_stream, channels, options.SampleRate, options.BufferSeconds);
            if (error < 0)
                continue;
            _channels = channels;
            return;
        }

        library.Close(_stream);
        throw new CaptureException($"The microphone '{options.Device}' does not give 16-bit sound at {options.SampleRate} Hz ({library.Error(error)}): use its plug form, such as plughw in place of hw, or another rate.");
    }

    /// <inheritdoc/>
    public string Device => _options.Device;

    /// <inheritdoc/>
    public int SampleRate => _options.SampleRate;

    /// <inheritdoc/>
    public int Overruns => Volatile.Read(ref _overruns);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<float>> CaptureAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Channel<float[]> chunks = Channel.CreateBounded<float[]>((int)(PatienceSeconds / _options.ChunkSeconds));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_thread is not null)
                throw new InvalidOperationException($"The microphone '{Device}' is being read already.");
            _thread = new Thread(() => Run(chunks.Writer)) { IsBackground = true, Name = $"microphone {Device}", Priority = ThreadPriority.AboveNormal };
            _thread.Start();
        }

        try
        {
            while (true)
            {
                try
                {
                    if (!await chunks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                        yield break;
                }
                catch (OperationCanceledException)
                {
                    yield break;
                }

                while (chunks.Reader.TryRead(out float[]? chunk))
                    yield return chunk;
            }
        }
        finally
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _stop.Cancel();
        _thread?.Join();
        _library.Close(_stream);
        _stop.Dispose();
    }

    private void Run(ChannelWriter<float[]> chunks)
    {
        try
        {
            Capture(chunks);
            chunks.Complete();
        }
        catch (Exception e)
        {
            chunks.Complete(e);
        }
    }

    private void Capture(ChannelWriter<float[]> chunks)
    {
        short[] raw = new short[_chunk * _channels];
        _library.Start(_stream);
        while (!_stop.IsCancellationRequested)
        {
            long frames = _library.Wait(_stream, WaitMilliseconds);
            if (frames == 0)
                continue;
            if (frames > 0)
                frames = _library.Read(_stream, raw, _channels);
            if (frames == 0)
                return;
            if (frames < 0)
            {
                if (_library.Recover(_stream, (int)frames) < 0)
                    throw new CaptureException($"The microphone '{Device}' failed ({_library.Error(frames)}): is it still plugged in?");
                Interlocked.Increment(ref _overruns);
                _library.Start(_stream);
                continue;
            }

            float[] chunk = Mono(raw.AsSpan(0, (int)frames * _channels));
            while (!chunks.TryWrite(chunk))
            {
                // Nobody has read for half a minute: wait here, and let the system count what is lost.
                if (_stop.Token.WaitHandle.WaitOne(WaitMilliseconds))
                    return;
            }
        }
    }

    private float[] Mono(ReadOnlySpan<short> interleaved)
    {
        float[] samples = new float[interleaved.Length / _channels];
        float scale = 1f / (32768 * _channels);
        for (int i = 0; i < samples.Length; i++)
        {
            int sum = 0;
            for (int c = 0; c < _channels; c++)
                sum += interleaved[(i * _channels) + c];
            samples[i] = sum * scale;
        }

        return samples;
    }
}
