namespace DeepSpeechNet.Language.NGrams;

/// <summary>What modified Kneser-Ney smoothing takes from the counts of the n-grams of one length (Chen and Goodman 1999, equation 26).</summary>
/// <param name="One">From counts of 1.</param>
/// <param name="Two">From counts of 2.</param>
/// <param name="More">From counts of 3 and more.</param>
/// <param name="Estimated">Whether the text allowed the estimate; otherwise they are the usual fall-back.</param>
public readonly record struct Discounts(double One, double Two, double More, bool Estimated)
{
    /// <summary>What is used where there are too few n-grams, or too odd ones, for an estimate.</summary>
    public static Discounts Fallback => new(0.5, 1, 1.5, false);

    /// <summary>
    /// With Y = n1 / (n1 + 2 n2): D1 = 1 - 2 Y n2 / n1, D2 = 2 - 3 Y n3 / n2, D3 = 3 - 4 Y n4 / n3, where n_i is the number of
    /// n-grams with count i; <see cref="Fallback"/> where an n_i it divides by is 0 or a discount lies outside 0 to its count.
    /// </summary>
    internal static Discounts Estimate(ReadOnlySpan<int> counts)
    {
        Span<long> n = stackalloc long[5];
        n.Clear();
        foreach (int count in counts)
        {
            if (count is > 0 and < 5) n[count]++;
        }

        if (n[1] == 0 || n[2] == 0 || n[3] == 0) return Fallback;
        double y = n[1] / (n[1] + (2.0 * n[2]));
        Discounts estimate = new(1 - (2 * y * n[2] / n[1]), 2 - (3 * y * n[3] / n[2]), 3 - (4 * y * n[4] / n[3]), true);
        bool right = estimate.One is >= 0 and <= 1 && estimate.Two is >= 0 and <= 2 && estimate.More is >= 0 and <= 3;
        return right ? estimate : Fallback;
    }

    /// <summary>What is taken from a count.</summary>
    internal double Of(int count) => count switch { 0 => 0, 1 => One, 2 => Two, _ => More };
}
