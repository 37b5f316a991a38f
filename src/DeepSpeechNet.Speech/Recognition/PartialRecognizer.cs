using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>
/// The text of an utterance that is still going on, by passes over its last seconds: what lies further back keeps its letters, and the
/// forward states of the layers behind it are carried on; the backward states start behind the newest frame each time, so that every letter is settled with a
/// second of what followed. Networks are trained with utterances that end in silence; so the first frames of this one, which are silence, are laid behind the newest
/// ones, and what is read there is left out. What a pass costs the network does not depend on how long the utterance is. One call at a time.
/// </summary>
internal sealed class PartialRecognizer
{
    /// <summary>How much silence is laid behind the newest frame, unless it is said otherwise.</summary>
    public const double TailSeconds = 0.4;

    private const double LookAheadSeconds = 1, FirstCarrySeconds = 2.5, CarryStepSeconds = 0.24;

    private readonly Recognizer _recognizer;
    private readonly NetworkRunner _network;
    private readonly StreamingFeatureExtractor _extractor;
    private readonly LiveNormaliser _normaliser;
    private readonly int _features;
    private readonly int _stride;
    private readonly int _lead;
    private readonly int _lookAhead;
    private readonly int _firstCarry;
    private readonly int _carryStep;
    private readonly int _tail;
    private float[] _frames = [];
    private float[] _piece = [];
    private float[] _letters = [];
    private ChunkState _state;
    private int _frameCount;
    private int _settled;
    private long _samples;

    public PartialRecognizer(Recognizer recognizer, NetworkRunner network, double tailSeconds)
    {
        _recognizer = recognizer;
        _network = network;
        FrontEndOptions frontEnd = recognizer.Model.FrontEnd;
        _extractor = new StreamingFeatureExtractor(frontEnd, recognizer.Fourier);
        _features = _extractor.FeatureCount;
        _normaliser = new LiveNormaliser(frontEnd, _features);
        _stride = network.Model.Options.Stride;
        _lead = network.Model.LeadFrames;
        double frame = recognizer.Frame.TotalSeconds;
        _lookAhead = (int)(LookAheadSeconds / frame);
        _firstCarry = (int)(FirstCarrySeconds / frame);
        _carryStep = Math.Max(1, (int)(CarryStepSeconds / frame));
        _tail = (int)(tailSeconds / frame);
        _state = new ChunkState(network.Model);
    }

    /// <summary>Begins another utterance.</summary>
    public void Begin()
    {
        _extractor.Reset();
        _normaliser.Begin();
        _state = new ChunkState(_network.Model);
        _frameCount = 0;
        _settled = 0;
        _samples = 0;
    }

    /// <summary>Hears the next samples of the utterance and reads it anew.</summary>
    /// <param name="samples">What came since the call before.</param>
    /// <param name="options">How to decode.</param>
    /// <param name="cancellationToken">Stops before the network runs.</param>
    /// <returns>The transcript so far; times are from the start of the utterance.</returns>
    public async Task<Transcript> HearAsync(ReadOnlyMemory<float> samples, TranscriptionOptions options, CancellationToken cancellationToken)
    {
        Extract(samples.Span);
        TimeSpan duration = TimeSpan.FromSeconds(_samples / (double)_extractor.Options.SampleRate);
        int total = Engine.Operations.Frames.Strided(_frameCount, _stride), output = total - _settled;
        if (output <= 0)
            return Transcript.Empty(duration);
        cancellationToken.ThrowIfCancellationRequested();
        int carried = total < _firstCarry ? 0 : Math.Max(0, output - _lookAhead) / _carryStep * _carryStep;
        int tail = Math.Min(_tail, total);
        NetworkChunk chunk = new(Piece(tail), output + tail, carried, _state);
        using LetterProbabilities letters = await _network.RunAsync(chunk).ConfigureAwait(false);
        int classes = letters.Classes;
        if (_letters.Length < total * classes)
            Array.Resize(ref _letters, 2 * total * classes);
        letters.Values[..(output * classes)].CopyTo(_letters.AsSpan(_settled * classes));
        _settled += carried;
        return _recognizer.DecodePartial(_letters.AsSpan(0, total * classes), duration, options);
    }

    private void Extract(ReadOnlySpan<float> samples)
    {
        _samples += samples.Length;
        _extractor.Write(samples);
        int more = _extractor.Available;
        if (_frames.Length < (_frameCount + more) * _features)
            Array.Resize(ref _frames, Math.Max(2 * _frames.Length, (_frameCount + more) * _features));
        Span<float> added = _frames.AsSpan(_frameCount * _features, more * _features);
        _extractor.Read(added);
        _normaliser.Hear(added);
        _frameCount += more;
    }

    /// <summary>The lead (zeros before the utterance), the frames that are not settled yet, and so many output frames of the utterance's first frames; normalised by what is known now.</summary>
    private UtteranceFrames Piece(int tail)
    {
        int first = (_settled * _stride) - _lead, whole = tail == 0 ? _frameCount : Engine.Operations.Frames.Strided(_frameCount, _stride) * _stride, count = whole + (tail * _stride) - first;
        if (_piece.Length < count * _features)
            _piece = new float[2 * count * _features];
        int before = Math.Max(0, -first);
        _piece.AsSpan(0, before * _features).Clear();
        Span<float> heard = _piece.AsSpan(before * _features, (count - before) * _features);
        int real = _frameCount - Math.Max(0, first);
        _frames.AsSpan(Math.Max(0, first) * _features, real * _features).CopyTo(heard);
        for (int t = real; t < heard.Length / _features; t++)
            _frames.AsSpan((t - real) % _frameCount * _features, _features).CopyTo(heard[(t * _features)..]);
        _normaliser.Apply(heard);
        return new UtteranceFrames(_piece, count);
    }
}
