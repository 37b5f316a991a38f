namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Interpolated modified Kneser-Ney smoothing (Chen and Goodman 1999, section 3; the definition of KenLM, Heafield et al. 2013): for an
/// n-gram "h w" of adjusted count a, p(w | h) = (a - D(a)) / sum of a(h v) over v + g(h) p(w | h without its first word), where g(h) is the
/// mass that the discounts, and n-grams left out, free under h. 1-grams are interpolated with 1 / V, which is all that words without a
/// count get, the unknown word among them; <c>&lt;s&gt;</c> is never predicted and not counted in V.
/// </summary>
internal static class KneserNey
{
    /// <summary>Turns counts into a back-off model.</summary>
    /// <param name="counter">The counts; it is used up.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="options">Order and pruning by count.</param>
    /// <param name="discounts">Receives the discounts of each length.</param>
    /// <param name="finished">Called with each length whose probabilities are done.</param>
    public static NGramTables Estimate(NGramCounter counter, Vocabulary vocabulary, NGramOptions options, Discounts[] discounts, Action<int> finished)
    {
        int order = options.Order, tokens = vocabulary.Count;
        float[][] probabilities = new float[order][], backoffs = new float[order - 1][];
        bool[]?[] kept = new bool[]?[order];
        for (int k = 1; k <= order; k++)
        {
            discounts[k - 1] = k == 1 ? Discounts.Estimate(WithoutStart(counter.CountsOf(1)[..tokens])) : Discounts.Estimate(counter.CountsOf(k));
            if (k == 1) probabilities[0] = Unigrams(counter.CountsOf(1)[..tokens], discounts[0]);
            else (probabilities[k - 1], backoffs[k - 2], kept[k - 1]) = Interpolate(counter, k, probabilities[k - 2], discounts[k - 1], options.PruneCount(k));
            finished(k);
        }

        for (int k = 0; k < order; k++) ToLogarithms(probabilities[k]);
        foreach (float[] weights in backoffs) ToLogarithms(weights);
        probabilities[0][Vocabulary.Start] = StartLogProbability;
        NGramTables tables = new(vocabulary, counter.Levels, probabilities, backoffs);
        return Array.Exists(kept, k => k is not null) ? TablePruner.Keep(tables, kept) : tables;
    }

    /// <summary>What ARPA files hold for the start of a sentence, which is never predicted: -99.</summary>
    private static float StartLogProbability => (float)(-99 * Math.Log(10));

    private static float[] Unigrams(ReadOnlySpan<int> counts, Discounts discounts)
    {
        double sum = 0, freed = 0;
        for (int w = 0; w < counts.Length; w++)
        {
            if (w == Vocabulary.Start) continue;
            sum += counts[w];
            freed += discounts.Of(counts[w]);
        }

        float[] probabilities = new float[counts.Length];
        double uniform = freed / sum / (counts.Length - 1);
        for (int w = 0; w < counts.Length; w++) probabilities[w] = (float)(((counts[w] - discounts.Of(counts[w])) / sum) + uniform);
        return probabilities;
    }

    private static (float[] Probabilities, float[] Backoffs, bool[]? Kept) Interpolate(NGramCounter counter, int length, float[] shorter, Discounts discounts, int prune)
    {
        NGramLevel level = counter.Levels[length - 2];
        int[] parents = level.Parents, suffixes = counter.Suffixes[length - 1].Values;
        ReadOnlySpan<int> counts = counter.CountsOf(length);
        int contexts = length == 2 ? shorter.Length : counter.Levels[length - 3].Count;
        bool[]? kept = prune > 0 ? new bool[counts.Length] : null;
        double[] sums = new double[contexts], freed = new double[contexts];
        for (int i = 0; i < counts.Length; i++)
        {
            sums[parents[i]] += counts[i];
            if (kept is not null) kept[i] = counter.Occurrences![length - 1].Values[i] > prune;
            freed[parents[i]] += kept is null || kept[i] ? discounts.Of(counts[i]) : counts[i];
        }

        float[] probabilities = new float[counts.Length], backoffs = new float[contexts];
        for (int i = 0; i < counts.Length; i++)
        {
            double sum = sums[parents[i]];
            double own = kept is null || kept[i] ? (counts[i] - discounts.Of(counts[i])) / sum : 0;
            probabilities[i] = (float)(own + (freed[parents[i]] / sum * shorter[suffixes[i]]));
        }

        for (int i = 0; i < contexts; i++) backoffs[i] = sums[i] > 0 ? (float)(freed[i] / sums[i]) : 1;
        return (probabilities, backoffs, kept);
    }

    private static int[] WithoutStart(ReadOnlySpan<int> counts)
    {
        int[] without = counts.ToArray();
        without[Vocabulary.Start] = 0;
        return without;
    }

    /// <summary>A weight of 0 can only stand where no word is missing; it becomes the least that ARPA files hold.</summary>
    private static void ToLogarithms(float[] values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = values[i] > 0 ? Math.Min(MathF.Log(values[i]), 0) : StartLogProbability;
    }
}
