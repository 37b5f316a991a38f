namespace DeepSpeechNet.Language.Metrics;

/// <summary>Between which rates the true error rate lies with 95 % confidence.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct RateInterval(double Low, double High)
{
    /// <summary>The least number of utterances, and of those with errors, that are worth drawing samples from.</summary>
    private const int BootstrapUtterances = 20, BootstrapFaulty = 5;

    private const int Samples = 1000;

    // The 97.5 % point of the normal distribution.
    private const double Normal = 1.959964;

    /// <summary>
    /// The interval of a word error rate. From 20 utterances on (five with errors among them) it is the percentile bootstrap over
    /// utterances (Bisani and Ney 2004), since errors of one utterance come together; where there are fewer, Wilson's score interval,
    /// as if each word erred by itself, which is still wide where nothing erred.
    /// </summary>
    /// <param name="utterances">The errors of each utterance.</param>
    /// <param name="seed">What the samples are drawn by: the same seed gives the same interval.</param>
    /// <returns>Zero to infinity where there are no words.</returns>
    public static RateInterval OfWordErrors(IReadOnlyCollection<EditCounts> utterances, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        EditCounts[] all = [.. utterances];
        long errors = all.Sum(u => u.Errors), words = all.Sum(u => u.ReferenceLength);
        return words == 0 ? new RateInterval(0, double.PositiveInfinity)
            : all.Length >= BootstrapUtterances && all.Count(u => u.Errors > 0) >= BootstrapFaulty ? Bootstrap(all, seed)
            : Wilson(errors, words);
    }

    /// <summary>Wilson's score interval (Wilson 1927) of a proportion; counts above the number of trials are taken for all of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no trials.</exception>
    public static RateInterval Wilson(long count, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        double n = trials, p = Math.Clamp(count / n, 0, 1), z2 = Normal * Normal;
        double middle = (p + (z2 / (2 * n))) / (1 + (z2 / n));
        double half = Normal / (1 + (z2 / n)) * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n * n)));
        return new RateInterval(Math.Max(0, middle - half), Math.Max(count / n, Math.Min(1, middle + half)));
    }

    private static RateInterval Bootstrap(EditCounts[] all, int seed)
    {
        Random random = new(seed);
        double[] rates = new double[Samples];
        for (int i = 0; i < Samples; i++)
        {
            long errors = 0, words = 0;
            for (int n = 0; n < all.Length; n++)
            {
                EditCounts drawn = all[random.Next(all.Length)];
                errors += drawn.Errors;
                words += drawn.ReferenceLength;
            }

            rates[i] = words == 0 ? 0 : errors / (double)words;
        }

        Array.Sort(rates);
        return new RateInterval(rates[Samples / 40], rates[Samples - 1 - (Samples / 40)]);
    }
}
