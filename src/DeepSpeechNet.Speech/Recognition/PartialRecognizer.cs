using System.Buffers;
using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>
/// The text of an utterance that is still going on, by passes over its last second or two: what lies further back keeps its letters, and the
/// forward states of the layers behind it are carried on; the backward states start at the newest frame each time, so that every letter is settled with half a
/// second of what followed. The cost of a pass does not depend on how long the utterance is. One call at a time.
/// </summary>
internal sealed class PartialRecognizer
{
    private const double LookAheadSeconds = 0.5, FirstCarrySeconds = 1.5, CarryStepSeconds = 0.24;

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
    private float[] _frames = [];
    private float[] _letters = [];
    private ChunkState _state;
    private int _frameCount;
    private int _settled;
    private long _samples;

    public PartialRecognizer(Recognizer recognizer, NetworkRunner network)
    {
        _recognizer = recognizer;
        _network = network;
        FrontEndOptions frontEnd = recognizer.Model.FrontEnd;
        _extractor = new StreamingFeatureExtractor(frontEnd);
        _features = _extractor.FeatureCount;
        _normaliser = new LiveNormaliser(frontEnd, _features);
        _stride = network.Model.Options.Stride;
        _lead = network.Model.LeadFrames;
        double frame = recognizer.Frame.TotalSeconds;
        _lookAhead = (int)(LookAheadSeconds / frame);
        _firstCarry = (int)(FirstCarrySeconds / frame);
        _carryStep = Math.Max(1, (int)(CarryStepSeconds / frame));
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
        UtteranceFrames piece = Piece();
        try
        {
            NetworkChunk chunk = new(piece, output, carried, _state);
            using LetterProbabilities letters = await _network.RunAsync(chunk).ConfigureAwait(false);
            int classes = letters.Classes;
            if (_letters.Length < total * classes)
                Array.Resize(ref _letters, 2 * total * classes);
            letters.Values.CopyTo(_letters.AsSpan(_settled * classes));
            _settled += carried;
            return _recognizer.DecodePartial(_letters.AsSpan(0, total * classes), duration, options);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(piece.Values);
        }
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

    /// <summary>The frames that are not settled yet and the lead before them, normalised by what is known now; zeros before the utterance.</summary>
    private UtteranceFrames Piece()
    {
        int first = (_settled * _stride) - _lead, count = _frameCount - first;
        float[] values = ArrayPool<float>.Shared.Rent(count * _features);
        int before = Math.Max(0, -first) * _features;
        values.AsSpan(0, before).Clear();
        Span<float> real = values.AsSpan(before, (count * _features) - before);
        _frames.AsSpan(Math.Max(0, first) * _features, real.Length).CopyTo(real);
        _normaliser.Apply(real);
        return new UtteranceFrames(values, count);
    }
}
