namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Cuts a stream of sound into segments at pauses. It decides every 10 ms from what it heard so far, so the segments do not depend on
/// the sizes of the chunks in which samples arrive. A segment ends
/// (a) when <see cref="SpeechSegmenterOptions.NothingSaidSeconds"/> have passed and nothing was said;
/// (b) after speech, when a pause lasts: 1.2 s while the segment is short, down to 0.8 s when it is long;
/// (c) when it is <see cref="SpeechSegmenterOptions.MaximumSeconds"/> long: then in the middle of the quietest 100 ms of its last 5 s.
/// In (a) and (b) the last 0.3 s of the pause go to the next segment. What is speech, <see cref="SpeechDetector"/> says.
/// Safe from one thread at a time.
/// </summary>
public sealed class SpeechSegmenter
{
    private readonly SpeechSegmenterOptions _options;
    private readonly ISpeechDetector _activity;
    private readonly Queue<SpeechSegment> _segments = new();
    private readonly float[] _block;
    private readonly int _lead;
    private readonly int _nothingSaid;
    private readonly int _maximum;
    private readonly int _search;
    private readonly int _quiet;
    private readonly int _padding;

    // One entry for each 10 ms of the current segment.
    private readonly double[] _energy;
    private readonly bool[] _speech;
    private int _blocks;
    private int _lastSpeech = -1;
    private int _filled;
    private long _start;

    /// <summary>Takes the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public SpeechSegmenter(SpeechSegmenterOptions options, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        OptionCheck.Range(nameof(sampleRate), sampleRate, 1000, 768000);
        _options = options;
        _activity = options.Detector == SpeechDetectorKind.Loudness ? new VoiceActivity(options) : new SpeechDetector(options, sampleRate);
        _block = new float[(int)Math.Round(sampleRate / (double)VoiceActivity.BlocksPerSecond)];
        _lead = Blocks(options.LeadSeconds);
        _nothingSaid = Blocks(options.NothingSaidSeconds);
        _maximum = Blocks(options.MaximumSeconds);
        _search = Blocks(options.SearchSeconds);
        _quiet = Blocks(options.QuietSeconds);
        _padding = Blocks(options.PaddingSeconds);
        _energy = new double[_maximum];
        _speech = new bool[_maximum];
    }

    /// <summary>Where the current segment starts: what lies before it has been cut off.</summary>
    public long SegmentStart => _start;

    /// <summary>How many samples have been written.</summary>
    public long Position => _start + ((long)_blocks * _block.Length) + _filled;

    /// <summary>Whether somebody is speaking right now.</summary>
    public bool InSpeech => _activity.InSpeech;

    /// <summary>Whether something was said in the current segment.</summary>
    public bool HasSpeech => _lastSpeech >= 0;

    /// <summary>Where the speech of the current segment starts, less <see cref="SpeechSegmenterOptions.PaddingSeconds"/>; what <see cref="Trim"/> will give. Only where <see cref="HasSpeech"/>.</summary>
    public long TrimmedStart => Math.Max(_start, _start + ((long)(_speech.AsSpan(0, _blocks).IndexOf(true) - _padding) * _block.Length));

    /// <summary>Where the speech of the current segment ends if no more comes, padded; what <see cref="Trim"/> would give. Only where <see cref="HasSpeech"/>.</summary>
    public long TrimmedEnd => _start + ((long)(_lastSpeech + 1 + _padding) * _block.Length);

    /// <summary>A segment without the silence at its ends, but for <see cref="SpeechSegmenterOptions.PaddingSeconds"/> on each side; one without speech as it is.</summary>
    public SpeechSegment Trim(SpeechSegment segment)
    {
        if (!segment.HasSpeech)
            return segment;
        long padding = (long)_padding * _block.Length;
        return segment with { Start = Math.Max(segment.Start, segment.SpeechStart - padding), End = Math.Min(segment.End, segment.SpeechEnd + padding) };
    }

    /// <summary>Takes the next samples of the stream; segments that end within them can then be read.</summary>
    /// <param name="samples">Samples in [-1, 1).</param>
    public void Write(ReadOnlySpan<float> samples)
    {
        while (samples.Length > 0)
        {
            int count = Math.Min(samples.Length, _block.Length - _filled);
            samples[..count].CopyTo(_block.AsSpan(_filled));
            samples = samples[count..];
            _filled += count;
            if (_filled < _block.Length)
                return;
            _filled = 0;
            Hear();
        }
    }

    /// <summary>
    /// Ends the stream: what is left becomes the last segment. The next sample written starts another stream at sample 0.
    /// </summary>
    public void Complete()
    {
        long end = Position;
        if (end > _start)
            _segments.Enqueue(Describe(_blocks, end));
        _start = 0;
        _blocks = 0;
        _filled = 0;
        _lastSpeech = -1;
        _activity.Reset();
    }

    /// <summary>
    /// Ends the current segment here, whatever is being heard, and goes on with the next one; the last few samples, less than 10 ms, go to that one.
    /// </summary>
    public void EndSegment()
    {
        if (_blocks > 0)
            Cut(_blocks);
    }

    /// <summary>Gives the next segment that has ended.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryRead(out SpeechSegment segment) => _segments.TryDequeue(out segment);

    private static int Blocks(double seconds) => (int)Math.Round(seconds * VoiceActivity.BlocksPerSecond);

    private void Hear()
    {
        _energy[_blocks] = _activity.Hear(_block, out int speechBlocks);

        // An onset is certain only some blocks after it began: those blocks become speech now.
        for (int i = 0; i <= _blocks && i < Math.Max(1, speechBlocks); i++)
            _speech[_blocks - i] = speechBlocks > 0;
        if (speechBlocks > 0)
            _lastSpeech = _blocks;
        _blocks++;

        int pause = _blocks - 1 - _lastSpeech;
        if (_lastSpeech < 0 ? _blocks >= _nothingSaid : pause >= PauseNeeded())
            Cut(_blocks - _lead);
        else if (_blocks == _maximum)
            Cut(QuietestPlace());
    }

    private int PauseNeeded()
    {
        double age = (double)_blocks / VoiceActivity.BlocksPerSecond;
        double span = _options.ShortPauseFromSeconds - _options.LongPauseUntilSeconds;
        double share = span > 0
            ? Math.Clamp((age - _options.LongPauseUntilSeconds) / span, 0, 1)
            : age > _options.LongPauseUntilSeconds ? 1 : 0;
        return Blocks(_options.LongPauseSeconds + (share * (_options.ShortPauseSeconds - _options.LongPauseSeconds)));
    }

    /// <summary>
    /// The block in the middle of the softest run of blocks near the end; the last such run if there are several.
    /// </summary>
    private int QuietestPlace()
    {
        double least = double.PositiveInfinity;
        int best = _blocks - (_quiet / 2);
        for (int first = _blocks - _search; first + _quiet <= _blocks; first++)
        {
            double sum = 0;
            for (int i = 0; i < _quiet; i++)
                sum += _energy[first + i];
            if (sum <= least)
            {
                least = sum;
                best = first + (_quiet / 2);
            }
        }

        return Math.Clamp(best, 1, _blocks);
    }

    private void Cut(int block)
    {
        long end = _start + ((long)block * _block.Length);
        _segments.Enqueue(Describe(block, end));
        _start = end;
        int left = _blocks - block;
        Array.Copy(_energy, block, _energy, 0, left);
        Array.Copy(_speech, block, _speech, 0, left);
        _blocks = left;
        _lastSpeech = _speech.AsSpan(0, left).LastIndexOf(true);
    }

    private SpeechSegment Describe(int blocks, long end)
    {
        ReadOnlySpan<bool> speech = _speech.AsSpan(0, blocks);
        int first = speech.IndexOf(true);
        int last = speech.LastIndexOf(true);
        return first < 0
            ? new SpeechSegment(_start, end, false, _start, _start)
            : new SpeechSegment(_start, end, true, _start + ((long)first * _block.Length), _start + ((long)(last + 1) * _block.Length));
    }
}
