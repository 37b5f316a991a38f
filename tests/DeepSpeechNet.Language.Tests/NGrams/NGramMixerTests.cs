using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.NGrams;

public sealed class NGramMixerTests : IDisposable
{
    private static readonly double[] Weights = [3, 1];

    // The words a b c d e f g h of the first, and of the second c d ... j: some are known to one alone.
    private readonly NGramModel _first = Build(2, 300, 8, "abcdefgh", order: 3);
    private readonly NGramModel _second = Build(3, 60, 8, "cdefghij", order: 2);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void Every_ngram_of_the_models_has_the_probability_of_the_definition()
    {
        NGramTables mixed = NGramMixer.Mix([_first, _second], Weights, null, default);
        (NGramTables Tables, double Weight)[] models = [(_first.ToTables(), 0.75), (_second.ToTables(), 0.25)];
        Assert.Equal(3 + 10, mixed.Vocabulary.Count);
        int checkedNGrams = 0;
        int[] words = new int[3];
        for (int k = 1; k <= 3; k++)
        {
            for (int i = 0; i < mixed.Count(k); i++)
            {
                mixed.Words(k, i, words);
                if (k == 1 && i == Vocabulary.Start) continue;
                string[] texts = [.. words.Take(k).Select(w => mixed.Vocabulary[w])];
                double with = 0, before = 0;
                foreach ((NGramTables tables, double weight) in models)
                {
                    double context = weight;
                    for (int j = 0; j < k - 1; j++) context *= Probability(tables, texts[..(j + 1)]);
                    before += context;
                    with += context * Probability(tables, texts);
                }

                Assert.Equal(with / before, Math.Exp(mixed.LogProbabilities[k - 1][i]), 1e-5);
                checkedNGrams++;
            }
        }

        Assert.True(checkedNGrams > 300);
        foreach ((NGramTables tables, _) in models)
        {
            for (int k = 2; k <= tables.Order; k++)
            {
                for (int i = 0; i < tables.Count(k); i++)
                {
                    tables.Words(k, i, words);
                    Assert.True(mixed.Find([.. words.Take(k).Select(w => mixed.Vocabulary.Find(tables.Vocabulary[w]))]) >= 0);
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-3)]
    public void Probabilities_add_up_to_one_after_any_words(double prune)
    {
        using NGramModel mixture = NGramMixer.Mix([_first, _second], Weights, pruneEntropy: prune);
        NGramTables mixed = mixture.ToTables();
        int[] all = [.. Enumerable.Range(0, mixed.Vocabulary.Count)];
        foreach (int before in all.Where(w => w != Vocabulary.End))
        {
            foreach (int context in all.Where(w => w is not (Vocabulary.Start or Vocabulary.End)))
                Assert.Equal(1, all.Where(w => w != Vocabulary.Start).Sum(w => Math.Exp(mixed.LogProbability([before, context, w]))), 1e-4);
        }
    }

    [Fact]
    public void A_domain_is_known_by_its_words()
    {
        using NGramModel prose = NGramBuilder.Build(ReferenceKneserNey.RandomText(1, 2000, 20).Select(s => string.Join(' ', s)), new NGramOptions()).Model;
        string[] orders = [.. from size in new[] { "small", "large" } from drink in new[] { "latte", "mocha", "tea" } from milk in new[] { "oat", "soy", "no" } select $"a {size} {drink} with {milk} milk"];
        using NGramModel domain = NGramBuilder.Build(orders, new NGramOptions()).Model;
        using NGramModel mixture = NGramMixer.Mix([prose, domain], [0.9, 0.1]);
        // Weights that were the same everywhere would multiply the domain's perplexity by up to ten; here only a sentence's first word pays.
        NGramPerplexity alone = new(domain), mixed = new(mixture);
        foreach (string order in orders)
        {
            alone.Add(order);
            mixed.Add(order);
        }

        Assert.InRange(mixed.Perplexity, alone.Perplexity, alone.Perplexity * Math.Pow(10, 1.05 / 7));
    }

    [Fact]
    public void What_cannot_be_mixed_is_refused()
    {
        using NGramModel characters = NGramBuilder.Build(["a b"], new NGramOptions { Characters = true }).Model;
        Assert.Throws<ArgumentException>(() => NGramMixer.Mix([_first], [1]));
        Assert.Throws<ArgumentException>(() => NGramMixer.Mix([_first, _second], [1]));
        Assert.Throws<ArgumentException>(() => NGramMixer.Mix([_first, _second], [1, 0]));
        Assert.Throws<ArgumentException>(() => NGramMixer.Mix([_first, _second], [1, double.NaN]));
        Assert.Throws<ArgumentException>(() => NGramMixer.Mix([_first, characters], [1, 1]));
        Assert.Throws<OperationCanceledException>(() => NGramMixer.Mix([_first, _second], [1, 1], cancellationToken: new CancellationToken(canceled: true)));
    }

    private static double Probability(NGramTables tables, string[] words)
    {
        if (words is ["<s>"]) return 1;
        if (words.Any(w => w != Vocabulary.UnknownToken && !tables.Vocabulary.Contains(w))) return 0;
        int[] ids = [.. words.Select(w => tables.Vocabulary.Find(w)).TakeLast(tables.Order)];
        return Math.Exp(tables.LogProbability(ids));
    }

    private static NGramModel Build(int seed, int sentences, int words, string letters, int order)
    {
        Random random = new(seed);
        IEnumerable<string> text = Enumerable.Range(0, sentences).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(1, words)).Select(_ => letters[(int)(random.NextDouble() * random.NextDouble() * letters.Length)]))).ToList();
        return NGramBuilder.Build(text, new NGramOptions { Order = order }).Model;
    }
}
