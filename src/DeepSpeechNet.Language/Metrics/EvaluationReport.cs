namespace DeepSpeechNet.Language.Metrics;

/// <summary>
/// The results of recognising a test set: totals over all, per corpus and per speaker, and which utterances went best and
/// worst. Rates of groups are rates of summed errors. Results do not depend on the order of adding, except that utterances
/// equal in every respect keep it. Not safe for several threads at once.
/// </summary>
public sealed class EvaluationReport
{
    private readonly List<UtteranceScore> _utterances = [];
    private readonly SortedDictionary<string, ErrorTally> _corpora = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Corpus, string Speaker), ErrorTally> _speakers =
        new(Comparer<(string Corpus, string Speaker)>.Create(Compare));

    /// <summary>The totals over all utterances.</summary>
    public ErrorTally Total { get; private set; }

    /// <summary>All utterances in the order of adding.</summary>
    public IReadOnlyList<UtteranceScore> Utterances => _utterances;

    /// <summary>The totals of each corpus, in the order of their names.</summary>
    public IReadOnlyDictionary<string, ErrorTally> Corpora => _corpora;

    /// <summary>The totals of each speaker, in the order of corpus and name; the same name in two corpora is two speakers.</summary>
    public IReadOnlyDictionary<(string Corpus, string Speaker), ErrorTally> Speakers => _speakers;

    /// <summary>How far the recognised words' confidences can be trusted; without words where none were given.</summary>
    public Reliability Reliability { get; } = new();

    /// <summary>Scores one utterance and adds it.</summary>
    /// <param name="name">What names it: usually its file.</param>
    /// <param name="reference">What was said, normalised like the hypothesis.</param>
    /// <param name="hypothesis">What was recognised.</param>
    /// <param name="corpus">The corpus it belongs to; null or empty if unknown.</param>
    /// <param name="speaker">The speaker within the corpus; null or empty if unknown.</param>
    /// <param name="duration">How long the recording lasts; zero if unknown.</param>
    /// <param name="confidences">The confidence of each word of the hypothesis, 0 to 1; null if unknown.</param>
    /// <exception cref="ArgumentException">There are confidences, but not one for each word.</exception>
    public UtteranceScore Add(
        string name,
        string reference,
        string hypothesis,
        string? corpus = null,
        string? speaker = null,
        TimeSpan duration = default,
        IReadOnlyList<double>? confidences = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (confidences is not null) Trust(reference, hypothesis, confidences);
        UtteranceScore score = new(
            name,
            corpus ?? "",
            speaker ?? "",
            reference,
            hypothesis,
            WordErrorRate.Compare(reference, hypothesis),
            CharacterErrorRate.Compare(reference, hypothesis))
        { Duration = duration };
        _utterances.Add(score);
        Total = Total.With(score);
        _corpora[score.Corpus] = _corpora.GetValueOrDefault(score.Corpus).With(score);
        (string, string) key = (score.Corpus, score.Speaker);
        _speakers[key] = _speakers.GetValueOrDefault(key).With(score);
        return score;
    }

    /// <summary>
    /// The best utterances, best first: by word error rate, then character error rate, then the longer reference, since a long
    /// correct one says more.
    /// </summary>
    public IReadOnlyList<UtteranceScore> Best(int count) => Slice(0, count);

    /// <summary>The utterances around the middle of the same order.</summary>
    public IReadOnlyList<UtteranceScore> Median(int count) => Slice((_utterances.Count - Math.Min(count, _utterances.Count)) / 2, count);

    /// <summary>The worst utterances, worst first: the same order read from its end.</summary>
    public IReadOnlyList<UtteranceScore> Worst(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return [.. Ordered().Reverse().Take(count)];
    }

    private void Trust(string reference, string hypothesis, IReadOnlyList<double> confidences)
    {
        string[] said = WordErrorRate.Words(reference), recognised = WordErrorRate.Words(hypothesis);
        if (recognised.Length != confidences.Count)
            throw new ArgumentException($"{recognised.Length} words were recognised and {confidences.Count} confidences given; each word needs one.", nameof(confidences));
        foreach (EditStep step in EditDistance.Align<string>(said, recognised))
        {
            if (step.Kind != EditKind.Deletion) Reliability.Add(confidences[step.HypothesisIndex], step.Kind == EditKind.Match);
        }
    }

    private IReadOnlyList<UtteranceScore> Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return [.. Ordered().Skip(start).Take(count)];
    }

    private IEnumerable<UtteranceScore> Ordered() => _utterances
        .OrderBy(u => u.Words.Rate)
        .ThenBy(u => u.Characters.Rate)
        .ThenByDescending(u => u.Words.ReferenceLength)
        .ThenBy(u => u.Name, StringComparer.Ordinal);

    private static int Compare((string Corpus, string Speaker) left, (string Corpus, string Speaker) right)
    {
        int order = string.CompareOrdinal(left.Corpus, right.Corpus);
        return order != 0 ? order : string.CompareOrdinal(left.Speaker, right.Speaker);
    }
}
