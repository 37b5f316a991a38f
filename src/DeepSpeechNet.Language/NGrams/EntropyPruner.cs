namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Leaves out the n-grams that the model can do without (Stolcke 1998, "Entropy-based pruning of backoff language models"): those whose
/// removal, each by itself and with the back-off weight of its context renewed, raises the perplexity by less than a given part. N-grams
/// that are the context of longer ones stay. From the longest n-grams down; then the weights of all contexts are renewed.
/// </summary>
internal static class EntropyPruner
{
    /// <summary>Prunes a model.</summary>
    /// <param name="tables">The model.</param>
    /// <param name="threshold">The rise of perplexity, as a part of it, below which an n-gram goes.</param>
    /// <param name="histories">For each length but the longest, log probabilities of the n-grams as pieces of running text; null to take
    /// them from the model. Kneser-Ney models predict well only after their full contexts, so that occurrences are the better source
    /// (Chelba et al. 2010).</param>
    public static NGramTables Prune(NGramTables tables, double threshold, float[][]? histories)
    {
        int order = tables.Order;
        if (order == 1) return tables;
        int[][] suffixes = Suffixes(tables);
        histories ??= ChainHistories(tables);
        bool[]?[] kept = new bool[]?[order];
        bool[]? contexts = null;
        for (int k = order; k > 1; k--)
        {
            NGramLevel level = tables.Levels[k - 2];
            bool[] keep = new bool[level.Count];
            int parents = tables.Count(k - 1);
            double[] shorter = new double[level.Count], left = new double[parents], below = new double[parents];
            Array.Fill(left, 1);
            Array.Fill(below, 1);
            for (int i = 0; i < level.Count; i++)
            {
                int parent = level.Parents[i];
                shorter[i] = Shorter(tables, suffixes, k, parent, level.Words[i]);
                left[parent] -= Math.Exp(tables.LogProbabilities[k - 1][i]);
                below[parent] -= Math.Exp(shorter[i]);
            }

            bool[] needed = new bool[parents];
            for (int i = 0; i < level.Count; i++)
            {
                int parent = level.Parents[i];
                keep[i] = contexts is not null && contexts[i];
                if (!keep[i])
                {
                    double log = tables.LogProbabilities[k - 1][i], probability = Math.Exp(log);
                    double mass = Math.Max(left[parent], 0), old = tables.Backoffs[k - 2][parent];
                    double renewed = Math.Log((mass + probability) / Math.Max(below[parent] + Math.Exp(shorter[i]), 1e-12));
                    double change = -Math.Exp(histories[k - 2][parent]) * ((probability * (shorter[i] + renewed - log)) + (mass * (renewed - old)));
                    keep[i] = !(Math.Exp(change) - 1 < threshold);
                }

                if (keep[i]) needed[parent] = true;
            }

            kept[k - 1] = keep;
            contexts = needed;
        }

        NGramTables pruned = TablePruner.Keep(tables, kept);
        Renew(pruned);
        return pruned;
    }

    /// <summary>Gives every context the back-off weight with which the probabilities after it add up to one.</summary>
    public static void Renew(NGramTables tables)
    {
        int[][] suffixes = Suffixes(tables);
        for (int k = 2; k <= tables.Order; k++)
        {
            NGramLevel level = tables.Levels[k - 2];
            double[] left = new double[tables.Count(k - 1)], below = new double[left.Length];
            Array.Fill(left, 1);
            Array.Fill(below, 1);
            for (int i = 0; i < level.Count; i++)
            {
                left[level.Parents[i]] -= Math.Exp(tables.LogProbabilities[k - 1][i]);
                below[level.Parents[i]] -= Math.Exp(Shorter(tables, suffixes, k, level.Parents[i], level.Words[i]));
            }

            float[] weights = tables.Backoffs[k - 2];
            for (int i = 0; i < left.Length; i++)
            {
                // A context without n-grams changes nothing; one that predicts all words leaves nothing to weigh.
                if (left[i] == 1) weights[i] = 0;
                else if (left[i] > 1e-9 && below[i] > 1e-9) weights[i] = (float)Math.Log(left[i] / below[i]);
            }
        }
    }

    /// <summary>For n-grams of each length from 2, the number of the n-gram without its first word; -1 where the model lacks it.</summary>
    private static int[][] Suffixes(NGramTables tables)
    {
        int[][] suffixes = new int[tables.Order + 1][];
        for (int k = 2; k <= tables.Order; k++)
        {
            NGramLevel level = tables.Levels[k - 2];
            suffixes[k] = new int[level.Count];
            for (int i = 0; i < level.Count; i++)
            {
                if (k == 2) suffixes[k][i] = level.Words[i];
                else suffixes[k][i] = suffixes[k - 1][level.Parents[i]] is var parent and >= 0 ? tables.Levels[k - 3].Find(parent, level.Words[i]) : -1;
            }
        }

        return suffixes;
    }

    /// <summary>The log probability of a word after a context of <paramref name="length"/> - 1 words without its first.</summary>
    private static double Shorter(NGramTables tables, int[][] suffixes, int length, int context, int word)
    {
        double backoff = 0;
        int whole = context;
        for (int k = length - 1; k > 1; k--)
        {
            context = suffixes[k][context];
            // Some models of other programs lack the end of a context that they have.
            if (context < 0) return FromWords(tables, length, whole, word);
            int found = tables.Levels[k - 2].Find(context, word);
            if (found >= 0) return backoff + tables.LogProbabilities[k - 1][found];
            backoff += tables.Backoffs[k - 2][context];
        }

        return backoff + tables.LogProbabilities[0][word];
    }

    /// <summary>The same from the words themselves.</summary>
    private static double FromWords(NGramTables tables, int length, int context, int word)
    {
        Span<int> words = stackalloc int[NGramModel.MaximumOrder];
        tables.Words(length - 1, context, words);
        words[length - 1] = word;
        return tables.LogProbability(words[1..length]);
    }

    /// <summary>The probability of each n-gram as the product of those of its words, each after the ones before it in the n-gram.</summary>
    private static float[][] ChainHistories(NGramTables tables)
    {
        float[][] histories = new float[tables.Order - 1][];
        histories[0] = (float[])tables.LogProbabilities[0].Clone();
        // Every sentence has a start.
        histories[0][Vocabulary.Start] = 0;
        for (int k = 2; k < tables.Order; k++)
        {
            NGramLevel level = tables.Levels[k - 2];
            histories[k - 1] = new float[level.Count];
            for (int i = 0; i < level.Count; i++) histories[k - 1][i] = histories[k - 2][level.Parents[i]] + tables.LogProbabilities[k - 1][i];
        }

        return histories;
    }
}
