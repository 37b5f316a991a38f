namespace DeepSpeechNet.Audio.Files;

/// <summary>What a decoder reads, within the limits that hold for every reader.</summary>
internal sealed class DecodedReader : AudioReader
{
    private readonly ByteSource _source;
    private readonly IAudioReader _inner;

    /// <summary>Takes over a decoder's reader and the source behind it.</summary>
    public DecodedReader(ByteSource source, IAudioReader inner, AudioReadOptions options)
        : base(source.Name, options)
    {
        _source = source;
        _inner = inner;
        if (inner.SampleRate < 1 || inner.Channels < 1)
        {
            throw Fault($"it says {inner.Channels} channels at {inner.SampleRate} Hz.");
        }

        SampleRate = inner.SampleRate;
        Channels = inner.Channels;
        FrameCount = inner.FrameCount;
    }

    protected override void Close()
    {
        _inner.Dispose();
        _source.Dispose();
    }

    protected override int ReadFrames(Span<float> interleaved)
    {
        int frames = _inner.Read(interleaved) / Channels;
        if (frames == 0)
        {
            foreach (string sentence in _inner.Warnings)
            {
                Warn(sentence);
            }

            if (FramesRead < FrameCount)
            {
                Warn($"It is cut short: the header announces {FrameCount} samples a channel and {FramesRead} are there.");
            }
        }

        RequireFinite(interleaved[..(frames * Channels)]);
        return frames;
    }
}
