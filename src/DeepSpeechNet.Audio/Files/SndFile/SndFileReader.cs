namespace DeepSpeechNet.Audio.Files.SndFile;

/// <summary>Reads what libsndfile reads. Content that cannot seek is spooled first, within the options' limit.</summary>
internal sealed class SndFileReader : AudioReader
{
    private readonly ByteSource _source;
    private readonly Stream? _spool;
    private readonly SndFileHandle _file;

    /// <summary>Opens the content.</summary>
    /// <param name="source">What is still to come of the content, this reader's to dispose of afterwards.</param>
    /// <param name="seekable">The same content as a stream at its start, or null where that cannot seek.</param>
    /// <param name="options">Limits.</param>
    /// <param name="library">The library, or null where the system has none.</param>
    public SndFileReader(ByteSource source, Stream? seekable, AudioReadOptions options, SndFileLibrary? library)
        : base(source.Name, options)
    {
        if (!options.AllowLibSndFile)
        {
            throw Fault("only WAV and FLAC are read here, since the use of libsndfile is switched off.");
        }

        if (library is null)
        {
            throw Fault("its format is read through libsndfile, which this system lacks; install libsndfile (Debian: apt-get install libsndfile1).");
        }

        _source = source;
        _spool = seekable is null ? Spool.Keep(source, options.SpoolLimit) : null;
        try
        {
            SndFileLibrary.Info info = default;
            _file = new SndFileHandle(library, seekable ?? _spool!, SndFileMode.Read, ref info);
            SampleRate = info.SampleRate;
            Channels = info.Channels;
            FrameCount = info.Frames is > 0 and < long.MaxValue ? info.Frames : null;
            if (SampleRate < 1 || Channels < 1)
            {
                throw Fault($"it says {Channels} channels at {SampleRate} Hz.");
            }
        }
        catch (InvalidDataException fault)
        {
            _spool?.Dispose();
            throw Fault($"libsndfile cannot read it: {fault.Message}.", fault);
        }
        catch
        {
            _file?.Dispose();
            _spool?.Dispose();
            throw;
        }
    }

    protected override void Close()
    {
        _file.Dispose();
        _spool?.Dispose();
        _source.Dispose();
    }

    protected override int ReadFrames(Span<float> interleaved)
    {
        int frames = _file.Read(interleaved, interleaved.Length / Channels);
        if (frames == 0)
        {
            if (_file.Error is { } error)
            {
                Warn($"libsndfile stopped after {FramesRead} samples a channel: {error}.");
            }
            else if (FramesRead < FrameCount)
            {
                Warn($"It is cut short: the header announces {FrameCount} samples a channel and {FramesRead} are there.");
            }
        }

        RequireFinite(interleaved[..(frames * Channels)]);
        return frames;
    }
}
