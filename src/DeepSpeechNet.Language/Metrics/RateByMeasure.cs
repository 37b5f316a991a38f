namespace DeepSpeechNet.Language.Metrics;

/// <summary>The errors of the utterances that are alike in some measure, such as their length.</summary>
/// <param name="Low">The least value among them.</param>
/// <param name="High">The greatest.</param>
/// <param name="Utterances">How many they are.</param>
/// <param name="Words">Their errors in words.</param>
/// <param name="Interval">Where their word error rate lies with 95 % confidence.</param>
public readonly record struct RateByMeasure(double Low, double High, int Utterances, EditCounts Words, RateInterval Interval)
{
    /// <summary>
    /// Sorts utterances by a measure and cuts them into groups of about the same number; equal values never part, so there may be
    /// fewer groups than asked for.
    /// </summary>
    /// <param name="utterances">The utterances.</param>
    /// <param name="measure">What they are sorted by.</param>
    /// <param name="groups">How many groups at most.</param>
    public static IReadOnlyList<RateByMeasure> Cut(IEnumerable<UtteranceScore> utterances, Func<UtteranceScore, double> measure, int groups)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        (double Value, EditCounts Words)[] ordered = [.. utterances.Select(u => (measure(u), u.Words)).OrderBy(u => u.Item1)];
        List<RateByMeasure> result = [];
        int start = 0;
        for (int group = 1; group <= groups && start < ordered.Length; group++)
        {
            int end = (int)((long)ordered.Length * group / groups);
            if (end <= start) continue;
            while (end < ordered.Length && ordered[end].Value == ordered[end - 1].Value) end++;
            EditCounts[] words = [.. ordered[start..end].Select(u => u.Words)];
            EditCounts sum = words.Aggregate(default(EditCounts), (a, b) => a + b);
            result.Add(new RateByMeasure(ordered[start].Value, ordered[end - 1].Value, words.Length, sum, RateInterval.OfWordErrors(words)));
            start = end;
        }

        return result;
    }
}
