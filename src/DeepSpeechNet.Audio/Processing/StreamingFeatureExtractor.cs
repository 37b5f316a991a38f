namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// <see cref="FeatureExtractor"/> for a stream: chunks of samples in, frames out as soon as they are certain. The frames are
/// exactly those of the whole stream, whatever the chunks. With slopes a frame comes two frames later for each order.
/// <see cref="FeatureNormalisation.Running"/> is applied; <see cref="FeatureNormalisation.PerUtterance"/> and <see cref="FeatureNormalisation.Level"/> need the whole
/// utterance, so with them frames come as they are before normalisation (<see cref="UtteranceNormaliser"/> or <see cref="LevelNormaliser"/> then gives the same as
/// the whole). Working space grows to what the largest chunk needs and is kept: one thread at a time.
/// </summary>
public sealed class StreamingFeatureExtractor
{
    private readonly FeatureExtractor _extractor;
    private readonly RunningNormaliser? _running;
    private readonly int _static;
    private readonly int _order;
    private float[] _samples;
    private int _sampleCount;
    private int _skip;

    // Rows from frame _first on; _done[k] frames have their slopes of order k. _read frames have been read.
    private readonly long[] _done = new long[3];
    private float[] _rows = [];
    private long _first;
    private long _read;
    private bool _complete;

    /// <summary>Prepares windows, tables and working space.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public StreamingFeatureExtractor(FrontEndOptions options)
        : this(options, null)
    {
    }

    /// <summary>Prepares the same with another Fourier transform than the built-in one.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="fourier">Makes a transform of a length, which is the power of two that holds a window; null for the built-in one.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the transform has another length than was asked for.</exception>
    public StreamingFeatureExtractor(FrontEndOptions options, Func<int, IFourierTransform>? fourier)
    {
        ArgumentNullException.ThrowIfNull(options);
        _extractor = new FeatureExtractor(options, fourier);
        _static = options.StaticFeatureCount;
        _order = options.Deltas;
        _samples = new float[_extractor.WindowSamples];
        if (options.Normalisation == FeatureNormalisation.Running)
            _running = new RunningNormaliser(FeatureCount, options.RunningSeconds / options.HopSeconds);
    }

    /// <summary>The settings.</summary>
    public FrontEndOptions Options => _extractor.Options;

    /// <summary>Numbers that describe a frame, slopes included.</summary>
    public int FeatureCount => _extractor.FeatureCount;

    /// <summary>How many frames can be read now.</summary>
    public int Available => (int)(_done[_order] - _read);

    /// <summary>Takes the next samples.</summary>
    /// <param name="samples">Samples in [-1, 1) at <see cref="FrontEndOptions.SampleRate"/>.</param>
    /// <exception cref="InvalidOperationException">The stream was completed; <see cref="Reset"/> starts another.</exception>
    public void Write(ReadOnlySpan<float> samples)
    {
        if (_complete)
            throw new InvalidOperationException("The stream of samples was completed; call Reset before writing another.");
        int skipped = Math.Min(_skip, samples.Length);
        _skip -= skipped;
        samples = samples[skipped..];
        if (_samples.Length < _sampleCount + samples.Length)
            Array.Resize(ref _samples, (_sampleCount + samples.Length) * 2);
        samples.CopyTo(_samples.AsSpan(_sampleCount));
        _sampleCount += samples.Length;

        int frames = _extractor.FrameCount(_sampleCount);
        if (frames == 0)
            return;
        _extractor.ComputeStatic(_samples.AsSpan(0, _sampleCount), Append(frames));
        int used = Math.Min(_sampleCount, frames * _extractor.HopSamples);
        _skip = (frames * _extractor.HopSamples) - used;
        _sampleCount -= used;
        Array.Copy(_samples, used, _samples, 0, _sampleCount);
        AddSlopes();
    }

    /// <summary>Ends the stream: the frames whose slopes waited for later ones can be read.</summary>
    public void Complete()
    {
        _complete = true;
        AddSlopes();
    }

    /// <summary>Reads frames that are ready.</summary>
    /// <param name="frames">
    /// <c>[time, feature]</c>, row-major; it is filled from its start with as many whole frames as it holds and there are.
    /// </param>
    /// <returns>How many frames were read.</returns>
    public int Read(Span<float> frames)
    {
        int count = Math.Min(Available, frames.Length / FeatureCount);
        frames = frames[..(count * FeatureCount)];
        _rows.AsSpan((int)(_read - _first) * FeatureCount, frames.Length).CopyTo(frames);
        _read += count;
        _running?.Apply(frames);
        return count;
    }

    /// <summary>Forgets everything: the next sample is the first of another stream.</summary>
    public void Reset()
    {
        _sampleCount = 0;
        _skip = 0;
        Array.Clear(_done);
        _first = 0;
        _read = 0;
        _complete = false;
        _running?.Reset();
    }

    /// <summary>Makes space for frames and drops the ones that nobody needs any more.</summary>
    private Span<float> Append(int frames)
    {
        long keep = Math.Max(_first, Math.Min(_read, _done[_order] - Deltas.Reach));
        int rows = (int)(_done[0] - keep);
        if (keep > _first)
            Array.Copy(_rows, (keep - _first) * FeatureCount, _rows, 0, (long)rows * FeatureCount);
        _first = keep;
        if (_rows.Length < (rows + frames) * FeatureCount)
            Array.Resize(ref _rows, (rows + frames) * FeatureCount * 2);
        _done[0] += frames;
        return _rows.AsSpan(rows * FeatureCount, frames * FeatureCount);
    }

    private void AddSlopes()
    {
        for (int order = 1; order <= _order; order++)
        {
            int source = (order - 1) * _static;
            long last = _done[order - 1] - 1;
            for (; _done[order] <= last - (_complete ? 0 : Deltas.Reach); _done[order]++)
            {
                long t = _done[order];
                Deltas.Slope(
                    Row(Math.Max(t - 2, 0), source),
                    Row(Math.Max(t - 1, 0), source),
                    Row(Math.Min(t + 1, last), source),
                    Row(Math.Min(t + 2, last), source),
                    Row(t, source + _static));
            }
        }
    }

    private Span<float> Row(long frame, int feature) => _rows.AsSpan(((int)(frame - _first) * FeatureCount) + feature, _static);
}
