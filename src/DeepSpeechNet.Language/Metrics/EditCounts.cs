namespace DeepSpeechNet.Language.Metrics;

/// <summary>The errors of one or many hypotheses against their references.</summary>
/// <param name="Substitutions">Items replaced by others.</param>
/// <param name="Deletions">Items of the reference that are missing.</param>
/// <param name="Insertions">Items that the reference does not hold.</param>
/// <param name="ReferenceLength">Items of the reference.</param>
public readonly record struct EditCounts(long Substitutions, long Deletions, long Insertions, long ReferenceLength)
{
    /// <summary>All errors: S + D + I, the Levenshtein distance.</summary>
    public long Errors => Substitutions + Deletions + Insertions;

    /// <summary>
    /// (S + D + I) / N, never capped: insertions can push it above 1. With an empty reference it is 0 without errors and
    /// positive infinity with insertions.
    /// </summary>
    public double Rate => Errors == 0 ? 0 : Errors / (double)ReferenceLength;

    /// <summary>The sum of two counts: rates of corpora are rates of sums, never means of rates.</summary>
    public static EditCounts operator +(EditCounts left, EditCounts right) => new(
        left.Substitutions + right.Substitutions,
        left.Deletions + right.Deletions,
        left.Insertions + right.Insertions,
        left.ReferenceLength + right.ReferenceLength);

    /// <summary>The sum of two counts.</summary>
    public static EditCounts Add(EditCounts left, EditCounts right) => left + right;
}
