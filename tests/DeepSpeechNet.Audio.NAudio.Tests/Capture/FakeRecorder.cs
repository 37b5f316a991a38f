using NAudio.Wave;

namespace DeepSpeechNet.Audio.NAudio.Tests.Capture;

/// <summary>A recorder of NAudio that plays given bytes from a thread of its own, in blocks of a given size, and then goes on, ends or fails.</summary>
internal sealed class FakeRecorder(WaveFormat format, byte[] bytes, int block) : IWaveIn
{
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;

    public event EventHandler<WaveInEventArgs>? DataAvailable;

    public event EventHandler<StoppedEventArgs>? RecordingStopped;

    public WaveFormat WaveFormat { get; set; } = format;

    /// <summary>Whether it ends when the bytes do; otherwise it waits to be stopped.</summary>
    public bool Ends { get; init; }

    /// <summary>What it fails with at the end.</summary>
    public Exception? Failure { get; init; }

    /// <summary>What it refuses to start with.</summary>
    public Exception? Refusal { get; init; }

    public bool Disposed { get; private set; }

    public void StartRecording()
    {
        if (Refusal is not null)
            throw Refusal;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public void StopRecording() => _stop.Set();

    public void Dispose()
    {
        Disposed = true;
        _stop.Set();
        _thread?.Join();
    }

    private void Run()
    {
        // A recorder hands out one buffer again and again.
        byte[] buffer = new byte[block];
        for (int at = 0; at < bytes.Length && !_stop.IsSet; at += block)
        {
            int count = Math.Min(block, bytes.Length - at);
            bytes.AsSpan(at, count).CopyTo(buffer);
            DataAvailable?.Invoke(this, new WaveInEventArgs(buffer, count));
            buffer.AsSpan().Fill(0x55);
        }

        if (!Ends && Failure is null)
            _stop.Wait();
        RecordingStopped?.Invoke(this, new StoppedEventArgs(Failure));
    }
}
