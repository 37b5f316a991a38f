using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.NGrams;

public sealed class EntropyPrunerTests
{
    [Fact]
    public void Renewed_weights_are_the_old_ones_where_nothing_was_left_out()
    {
        NGramTables tables = Small();
        float[][] before = [.. tables.Backoffs.Select(b => (float[])b.Clone())];
        EntropyPruner.Renew(tables);
        for (int k = 0; k < before.Length; k++)
        {
            for (int i = 0; i < tables.Count(k + 1); i++) Assert.Equal(before[k][i], tables.Backoffs[k][i], 2e-3);
        }
    }

    [Fact]
    public void An_ngram_stays_exactly_if_its_removal_costs_enough()
    {
        const double Threshold = 2e-4;
        NGramTables tables = Small();
        NGramTables pruned = EntropyPruner.Prune(tables, Threshold, null);
        int gone = 0, stayed = 0;
        Span<int> words = stackalloc int[3];
        for (int i = 0; i < tables.Count(3); i++)
        {
            tables.Words(3, i, words);
            bool keep = pruned.Find(words) >= 0;
            double cost = CostWithout(tables, i);
            if (Math.Abs(cost - Threshold) < Threshold * 1e-3) continue;
            Assert.Equal(cost >= Threshold, keep);
            if (keep) stayed++;
            else gone++;
        }

        Assert.True(gone > 10);
        Assert.True(stayed > 10);
    }

    [Fact]
    public void More_pruning_leaves_less_and_costs_more()
    {
        List<string[]> text = ReferenceKneserNey.RandomText(3, 500, 20);
        IEnumerable<string> lines = text.Select(s => string.Join(' ', s));
        long last = long.MaxValue;
        double lowest = 0;
        foreach (double threshold in new[] { 0, 1e-5, 1e-3 })
        {
            using NGramModel model = NGramBuilder.Build(lines, new NGramOptions { PruneEntropy = threshold }).Model;
            NGramPerplexity perplexity = new(model);
            foreach (string line in lines) perplexity.Add(line);
            Assert.True(perplexity.Perplexity > lowest);
            Assert.True(model.SizeInBytes < last);
            (lowest, last) = (perplexity.Perplexity, model.SizeInBytes);
        }
    }

    private static NGramTables Small()
    {
        using NGramModel model = NGramBuilder.Build(ReferenceKneserNey.RandomText(2, 300, 10).Select(s => string.Join(' ', s)), new NGramOptions()).Model;
        return model.ToTables();
    }

    /// <summary>The rise of perplexity by the definition: the distribution after the context with and without the 3-gram, word by word.</summary>
    private static double CostWithout(NGramTables tables, int index)
    {
        int[] words = new int[3];
        tables.Words(3, index, words);
        int[] predicted = [.. Enumerable.Range(0, tables.Vocabulary.Count).Where(w => w != Vocabulary.Start)];
        double[] with = [.. predicted.Select(w => tables.LogProbability([words[0], words[1], w]))];
        double[] below = [.. predicted.Select(w => tables.LogProbability([words[1], w]))];
        bool[] listed = [.. predicted.Select(w => w != words[2] && tables.Find([words[0], words[1], w]) >= 0)];
        double left = 1, shared = 1;
        for (int i = 0; i < predicted.Length; i++)
        {
            if (!listed[i]) continue;
            left -= Math.Exp(with[i]);
            shared -= Math.Exp(below[i]);
        }

        double weight = Math.Log(left / shared);
        double difference = 0;
        for (int i = 0; i < predicted.Length; i++)
        {
            double without = listed[i] ? with[i] : below[i] + weight;
            difference += Math.Exp(with[i]) * (with[i] - without);
        }

        double history = (words[0] == Vocabulary.Start ? 0 : tables.LogProbabilities[0][words[0]]) + tables.LogProbability(words.AsSpan(0, 2));
        return Math.Exp(Math.Exp(history) * difference) - 1;
    }
}
