using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>Makes a transcript of one utterance from what a decoder found: word times by forced alignment, confidences, alternatives.</summary>
public sealed class TranscriptBuilder
{
    private readonly CtcAligner _aligner;
    private readonly TimeSpan _frame;
    private readonly ConfidenceCalibration _calibration;

    /// <summary>Creates a builder.</summary>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <param name="frame">The time from one output frame to the next.</param>
    /// <param name="calibration">What is done to the network's confidences; null for nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The frame time is not above 0.</exception>
    public TranscriptBuilder(Alphabet alphabet, TimeSpan frame, ConfidenceCalibration? calibration = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(frame, TimeSpan.Zero);
        _aligner = new CtcAligner(alphabet);
        _frame = frame;
        _calibration = calibration ?? ConfidenceCalibration.None;
    }

    /// <summary>Builds the transcript of one utterance.</summary>
    /// <param name="logProbabilities">Natural logarithms of the class probabilities, [time, class] row by row, blank last.</param>
    /// <param name="hypotheses">What the decoder found in them, best first, at least one.</param>
    /// <param name="duration">The length of the utterance; no word ends after it.</param>
    /// <param name="alternatives">How many readings to list, at most; hypotheses with the same text are one reading.</param>
    /// <exception cref="ArgumentException">There is no hypothesis, or it cannot be aligned with the frames.</exception>
    public Transcript Build(
        ReadOnlySpan<float> logProbabilities,
        IReadOnlyList<CtcHypothesis> hypotheses,
        TimeSpan duration,
        int alternatives = 0)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        ArgumentOutOfRangeException.ThrowIfNegative(alternatives);
        if (hypotheses.Count == 0) throw new ArgumentException("A transcript needs at least one hypothesis.", nameof(hypotheses));
        CtcHypothesis best = hypotheses[0];
        List<TranscriptWord> words = [];
        if (best.Text.Length > 0)
        {
            foreach (AlignedWord word in _aligner.AlignWords(logProbabilities, [.. best.Labels]))
                words.Add(new TranscriptWord(word.Text, Time(word.StartFrame, duration), Time(word.EndFrame, duration), _calibration.Apply(word.Confidence)));
        }

        return new Transcript(best.Text, duration, words, alternatives == 0 ? [] : Readings(hypotheses, alternatives));
    }

    private TimeSpan Time(int frame, TimeSpan duration)
    {
        TimeSpan time = _frame * frame;
        return time < duration ? time : duration;
    }

    private static List<TranscriptAlternative> Readings(IReadOnlyList<CtcHypothesis> hypotheses, int count)
    {
        double highest = hypotheses.Max(h => h.Score);
        List<string> order = [];
        Dictionary<string, (double Score, double Weight)> readings = new(StringComparer.Ordinal);
        double sum = 0;
        foreach (CtcHypothesis hypothesis in hypotheses)
        {
            double weight = double.IsNegativeInfinity(highest) ? 1 : Math.Exp(hypothesis.Score - highest);
            sum += weight;
            if (readings.TryGetValue(hypothesis.Text, out (double Score, double Weight) reading))
            {
                readings[hypothesis.Text] = reading with { Weight = reading.Weight + weight };
            }
            else
            {
                order.Add(hypothesis.Text);
                readings.Add(hypothesis.Text, (hypothesis.Score, weight));
            }
        }

        return [.. order.Take(count).Select(text => new TranscriptAlternative(text, readings[text].Score, readings[text].Weight / sum))];
    }
}
