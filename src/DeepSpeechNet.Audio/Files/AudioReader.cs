namespace DeepSpeechNet.Audio.Files;

/// <summary>What every reader shares: whole frames only, the limit on samples, the end that stays an end, warnings.</summary>
internal abstract class AudioReader : IAudioReader
{
    private readonly List<string> _warnings = [];
    private readonly long _maximumFrames;
    private bool _ended;
    private bool _disposed;

    protected AudioReader(string name, AudioReadOptions options)
    {
        Name = name;
        _maximumFrames = options.MaximumSamples;
    }

    public int SampleRate { get; protected set; }

    public int Channels { get; protected set; }

    public long? FrameCount { get; protected set; }

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The name for messages.</summary>
    protected string Name { get; }

    /// <summary>Frames handed out so far.</summary>
    protected long FramesRead { get; private set; }

    public int Read(Span<float> interleaved)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (interleaved.Length < Channels)
        {
            throw new ArgumentException(
                $"A buffer of {interleaved.Length} values holds no whole frame of {Channels} channels.", nameof(interleaved));
        }

        if (_ended)
        {
            return 0;
        }

        int frames = ReadFrames(interleaved[..(interleaved.Length / Channels * Channels)]);
        _ended = frames == 0;
        if (_ended && FramesRead == 0)
        {
            throw Fault(string.Join(' ', ["it holds no samples.", .. _warnings]));
        }

        FramesRead += frames;
        if (FramesRead > _maximumFrames)
        {
            throw Fault($"it holds more than {_maximumFrames} samples a channel, the limit that was set for reading.");
        }

        return frames * Channels;
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ended = true;
            Close();
        }
    }

    /// <summary>Lets go of the source; called once.</summary>
    protected abstract void Close();

    /// <summary>Decodes into a span of whole frames, at least one; returns the number of frames, 0 at the end.</summary>
    protected abstract int ReadFrames(Span<float> interleaved);

    protected void Warn(string sentence) => _warnings.Add(sentence);

    protected AudioFormatException Fault(string problem, Exception? inner = null) => new(Name, problem, inner);

    /// <summary>Refuses NaN and infinite samples, naming the first: every later stage would silently turn all to NaN.</summary>
    protected void RequireFinite(ReadOnlySpan<float> interleaved)
    {
        for (int i = 0; i < interleaved.Length; i++)
        {
            if (!float.IsFinite(interleaved[i]))
            {
                long frame = FramesRead + (i / Channels);
                string what = float.IsNaN(interleaved[i]) ? "not a number (NaN)" : "infinite";
                throw Fault(
                    $"sample {frame} of channel {(i % Channels) + 1}, at {(double)frame / SampleRate:0.###} s, is {what}; write the file anew from its source.");
            }
        }
    }
}
