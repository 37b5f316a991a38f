using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>
/// Letters' probabilities to a transcript: best path or prefix beam, words with the times of their letters' frames. It keeps its decoders from utterance to
/// utterance; one thread at a time.
/// </summary>
internal sealed class UtteranceDecoder
{
    private readonly Alphabet _alphabet;
    private readonly double _frameSeconds;
    private readonly GreedyDecoder _greedy;
    private readonly CtcAligner _aligner;
    private PrefixBeamDecoder? _beam;
    private int _beamWidth;

    public UtteranceDecoder(Alphabet alphabet, double frameSeconds)
    {
        _alphabet = alphabet;
        _frameSeconds = frameSeconds;
        _greedy = new GreedyDecoder(alphabet);
        _aligner = new CtcAligner(alphabet);
    }

    public Transcript Decode(LetterProbabilities letters, TimeSpan duration, int beamWidth, int alternatives)
    {
        if (beamWidth <= 1)
        {
            string text = _greedy.Decode(letters.Values).Text;
            return new Transcript(text, duration, Words(_greedy.Labels, duration), []);
        }

        if (_beam is null || _beamWidth != beamWidth)
        {
            _beam = new PrefixBeamDecoder(_alphabet, new PrefixBeamOptions { BeamWidth = beamWidth });
            _beamWidth = beamWidth;
        }

        _beam.Reset();
        _beam.Accept(letters.Values);
        IReadOnlyList<CtcHypothesis> hypotheses = _beam.Finish(1 + alternatives);
        CtcHypothesis best = hypotheses[0];
        IReadOnlyList<AlignedLabel> labels = _aligner.Align(letters.Values, [.. best.Labels]);
        return new Transcript(
            best.Text,
            duration,
            Words(labels, duration),
            [.. hypotheses.Skip(1).Select(h => new TranscriptAlternative(h.Text, h.Score))]);
    }

    private List<TranscriptWord> Words(IReadOnlyList<AlignedLabel> labels, TimeSpan duration)
    {
        List<TranscriptWord> words = [];
        foreach (AlignedWord word in AlignedWord.FromLabels(_alphabet, labels))
        {
            TimeSpan end = TimeSpan.FromSeconds(word.EndFrame * _frameSeconds);
            words.Add(new TranscriptWord(word.Text, TimeSpan.FromSeconds(word.StartFrame * _frameSeconds), end < duration ? end : duration, word.Confidence));
        }

        return words;
    }
}
