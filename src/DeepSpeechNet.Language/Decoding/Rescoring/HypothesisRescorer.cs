namespace DeepSpeechNet.Language.Decoding.Rescoring;

/// <summary>
/// The second pass: hypotheses of a beam search are ranked anew by
/// <code>
/// score of the first pass + weight * log p2(text) + word bonus * words
/// </code>
/// with p2 a model that is too slow, or sees too far back, for the search itself (log-linear combination; Graves and Jaitly 2014,
/// section 4, rescore n-best lists of a first pass).
/// </summary>
public sealed class HypothesisRescorer
{
    private readonly ITextScorer _scorer;
    private readonly double _weight;
    private readonly double _bonus;

    /// <summary>Creates a rescorer.</summary>
    /// <param name="scorer">The model of the second pass.</param>
    /// <param name="weight">Its weight, 0 or above.</param>
    /// <param name="wordBonus">Added for each word, in nats; any finite value.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is out of its range.</exception>
    public HypothesisRescorer(ITextScorer scorer, double weight, double wordBonus = 0)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        if (!(weight >= 0 && double.IsFinite(weight)))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "The weight of a second pass must be a number of 0 or above.");
        if (!double.IsFinite(wordBonus))
            throw new ArgumentOutOfRangeException(nameof(wordBonus), wordBonus, "The bonus of a word must be a finite number.");
        _scorer = scorer;
        _weight = weight;
        _bonus = wordBonus;
    }

    /// <summary>The same hypotheses with their new scores, best first; of equal ones the earlier stays before the later.</summary>
    public IReadOnlyList<CtcHypothesis> Rescore(IReadOnlyList<CtcHypothesis> hypotheses)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        string[] texts = new string[hypotheses.Count];
        double[] scores = new double[texts.Length];
        for (int i = 0; i < texts.Length; i++) (texts[i], scores[i]) = (hypotheses[i].Text, hypotheses[i].Score);
        return [.. Rank(texts, scores).Select(i => hypotheses[i] with { Score = scores[i] })];
    }

    /// <summary>Adds the second pass to the scores of texts.</summary>
    /// <param name="texts">The texts, with single spaces between words.</param>
    /// <param name="scores">Their scores of the first pass; receives the new ones.</param>
    /// <returns>The places of the texts, best first; of equal ones the earlier stands before the later.</returns>
    public int[] Rank(IReadOnlyList<string> texts, double[] scores)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(scores);
        double[][] values = _scorer.Score(texts);
        for (int i = 0; i < values.Length; i++) scores[i] += (_weight * values[i].Sum()) + (_bonus * Words(texts[i]));
        return [.. Enumerable.Range(0, values.Length).OrderByDescending(i => scores[i])];
    }

    private static int Words(string text) => text.Length == 0 ? 0 : 1 + text.AsSpan().Count(' ');
}
