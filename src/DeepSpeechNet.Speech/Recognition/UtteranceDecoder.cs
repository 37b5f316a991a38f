using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>Letters' probabilities to a transcript, by best path or prefix beam. It keeps its decoders from utterance to utterance; one thread at a time.</summary>
internal sealed class UtteranceDecoder
{
    private readonly Alphabet _alphabet;
    private readonly GreedyDecoder _greedy;
    private readonly TranscriptBuilder _builder;
    private PrefixBeamDecoder? _beam;
    private int _beamWidth;

    public UtteranceDecoder(Alphabet alphabet, TimeSpan frame)
    {
        _alphabet = alphabet;
        _greedy = new GreedyDecoder(alphabet);
        _builder = new TranscriptBuilder(alphabet, frame);
    }

    public Transcript Decode(LetterProbabilities letters, TimeSpan duration, int beamWidth, int alternatives)
    {
        ICtcDecoder decoder = beamWidth <= 1 ? _greedy : Beam(beamWidth);
        decoder.Reset();
        decoder.Accept(letters.Values);
        return _builder.Build(letters.Values, decoder.Finish(Math.Max(1, 2 * alternatives)), duration, alternatives);
    }

    private PrefixBeamDecoder Beam(int width)
    {
        if (_beam is null || _beamWidth != width)
        {
            _beam = new PrefixBeamDecoder(_alphabet, new PrefixBeamOptions { BeamWidth = width });
            _beamWidth = width;
        }

        return _beam;
    }
}
