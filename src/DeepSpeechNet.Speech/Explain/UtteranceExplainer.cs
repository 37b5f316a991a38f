using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>Decodes one utterance twice, by best path and by beam, and finds out who made the difference. One thread at a time.</summary>
internal sealed class UtteranceExplainer
{
    private readonly Alphabet _alphabet;
    private readonly int _alternatives;
    private readonly GreedyDecoder _greedy;
    private readonly ICtcDecoder _beam;
    private readonly TranscriptBuilder _builder;
    private readonly CtcLikelihood _likelihood;
    private readonly IReadOnlyList<ScorePart> _parts;

    /// <summary>Creates an explainer.</summary>
    /// <param name="decoder">The search; its scorers serve the explainer between two utterances.</param>
    /// <param name="frame">The time from one output frame to the next.</param>
    /// <param name="alternatives">Readings listed.</param>
    /// <param name="parts">The models in the search; a hypothesis' score is its acoustic one and theirs.</param>
    /// <param name="calibration">What is done to the network's confidences; null for nothing.</param>
    public UtteranceExplainer(ICtcDecoder decoder, TimeSpan frame, int alternatives, IReadOnlyList<ScorePart> parts, ConfidenceCalibration? calibration = null)
    {
        _alphabet = decoder.Alphabet;
        _alternatives = alternatives;
        _greedy = new GreedyDecoder(_alphabet);
        _beam = decoder;
        _builder = new TranscriptBuilder(_alphabet, frame, calibration);
        _likelihood = new CtcLikelihood(_alphabet);
        _parts = parts;
    }

    /// <summary>The models by name.</summary>
    public IReadOnlyList<string> PartNames => [.. _parts.Select(p => p.Name)];

    /// <summary>Explains an utterance.</summary>
    /// <param name="letters">Natural logarithms of the class probabilities, [time, class]; kept.</param>
    /// <param name="phones">The same of the phones, [time, phone]; empty where there are none.</param>
    /// <param name="start">Where the utterance begins.</param>
    /// <param name="duration">How long it is.</param>
    public ExplainedUtterance Explain(float[] letters, ReadOnlySpan<float> phones, TimeSpan start, TimeSpan duration)
    {
        Transcript greedy = _builder.Build(letters, [_greedy.Decode(letters)], duration);
        _beam.Reset();
        if (_beam is FusionDecoder fusion)
            fusion.AcceptPhones(phones);
        _beam.Accept(letters);
        IReadOnlyList<CtcHypothesis> hypotheses = _beam.Finish(2 * _alternatives);
        Transcript transcript = _builder.Build(letters, hypotheses, duration, _alternatives);
        List<ScoredReading> readings = [];
        foreach (TranscriptAlternative alternative in transcript.Alternatives)
        {
            CtcHypothesis hypothesis = hypotheses.First(h => h.Text == alternative.Text);
            readings.Add(new ScoredReading(alternative.Text, hypothesis.LogProbability, Totals([.. hypothesis.Labels]), alternative.Confidence));
        }

        int[] labels = [.. hypotheses[0].Labels];
        return new ExplainedUtterance(start, letters, greedy, transcript, readings, WordParts(labels, transcript.Words.Count), Changes(letters, greedy, transcript, labels));
    }

    private double[] Totals(int[] labels) => [.. _parts.Select(part => part.Total(labels))];

    private double[][] WordParts(int[] labels, int words)
    {
        float[]?[] traces = [.. _parts.Select(part => part.ByLabel?.Invoke(labels))];
        double[][] result = new double[words][];
        List<(int Start, int End)> spans = WordSpans(labels);
        for (int w = 0; w < words; w++)
        {
            // With the space before the first word, those after it, and the end of the text for the last one.
            int from = w == 0 ? 0 : spans[w].Start, to = w == words - 1 ? labels.Length + 1 : spans[w + 1].Start;
            result[w] = [.. traces.Select(trace => trace is null ? double.NaN : Sum(trace, from, to))];
        }

        return result;
    }

    private List<WordChange> Changes(float[] letters, Transcript greedy, Transcript transcript, int[] labels)
    {
        string[] heard = [.. greedy.Words.Select(w => w.Text)], written = [.. transcript.Words.Select(w => w.Text)];
        double acoustic = _likelihood.LogProbability(letters, labels);
        double[] totals = Totals(labels);
        List<WordChange> changes = [];
        foreach ((Range from, Range to) in Regions(greedy.Words, transcript.Words))
        {
            int[] without = Replace(labels, to, heard[from]);
            double[] other = Totals(without);
            changes.Add(new WordChange(
                string.Join(' ', heard[from]),
                string.Join(' ', written[to]),
                to.Start.Value,
                from.Start.Value,
                acoustic - _likelihood.LogProbability(letters, without),
                [.. totals.Select((total, i) => total - other[i])]));
        }

        return changes;
    }

    /// <summary>
    /// The places where two readings of the same sound part. Words belong together that share more than half of the shorter one's time,
    /// directly or through others; in such a group the texts are equal or one stands for the other.
    /// </summary>
    internal static IEnumerable<(Range Heard, Range Written)> Regions(IReadOnlyList<TranscriptWord> heard, IReadOnlyList<TranscriptWord> written)
    {
        int h = 0, w = 0;
        while (h < heard.Count || w < written.Count)
        {
            // The earlier word, and whatever it drags along.
            bool heardFirst = h < heard.Count && (w == written.Count || heard[h].Start + heard[h].End <= written[w].Start + written[w].End);
            int endH = heardFirst ? h + 1 : h, endW = heardFirst ? w : w + 1;
            for (int before = -1; before != endH + endW;)
            {
                before = endH + endW;
                for (int i = h; i < endH; i++) endW = Math.Max(endW, LastTogether(heard[i], written));
                for (int i = w; i < endW; i++) endH = Math.Max(endH, LastTogether(written[i], heard));
            }

            if (!heard.Skip(h).Take(endH - h).Select(x => x.Text).SequenceEqual(written.Skip(w).Take(endW - w).Select(x => x.Text)))
                yield return (h..endH, w..endW);
            (h, w) = (endH, endW);
        }
    }

    /// <summary>The word behind the last one that shares its time with another; 0 if none does.</summary>
    private static int LastTogether(TranscriptWord word, IReadOnlyList<TranscriptWord> others)
    {
        for (int i = others.Count - 1; i >= 0; i--)
        {
            TimeSpan shared = (word.End < others[i].End ? word.End : others[i].End) - (word.Start > others[i].Start ? word.Start : others[i].Start);
            TimeSpan shorter = word.End - word.Start < others[i].End - others[i].Start ? word.End - word.Start : others[i].End - others[i].Start;
            if (shared > TimeSpan.Zero && 2 * shared > shorter) return i + 1;
        }

        return 0;
    }

    /// <summary>Labels with some words replaced by others, all other labels as they are.</summary>
    internal int[] Replace(int[] labels, Range words, string[] others)
    {
        List<(int Start, int End)> spans = WordSpans(labels);
        int first = words.Start.Value, count = words.End.Value - first;
        int[] inside = _alphabet.Encode(string.Join(' ', others));
        if (count > 0 && others.Length > 0)
            return [.. labels[..spans[first].Start], .. inside, .. labels[spans[first + count - 1].End..]];
        if (count > 0)
        {
            // Nothing in their place: a space beside them goes too.
            int from = spans[first].Start, to = spans[first + count - 1].End;
            return to < labels.Length ? [.. labels[..from], .. labels[Math.Min(labels.Length, to + 1)..]] : labels[..Math.Max(0, from - 1)];
        }

        int[] space = [_alphabet.SpaceIndex];
        return first < spans.Count ? [.. labels[..spans[first].Start], .. inside, .. space, .. labels[spans[first].Start..]]
            : spans.Count == 0 ? inside
            : [.. labels[..spans[^1].End], .. space, .. inside, .. labels[spans[^1].End..]];
    }

    /// <summary>Where the words stand among labels.</summary>
    private List<(int Start, int End)> WordSpans(int[] labels)
    {
        List<(int, int)> spans = [];
        for (int start = 0; start < labels.Length;)
        {
            int end = start;
            while (end < labels.Length && labels[end] != _alphabet.SpaceIndex) end++;
            if (end > start) spans.Add((start, end));
            start = end + 1;
        }

        return spans;
    }

    private static double Sum(float[] values, int from, int to)
    {
        double sum = 0;
        for (int i = from; i < to; i++) sum += values[i];
        return sum;
    }
}
