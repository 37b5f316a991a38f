using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.NGrams;

public sealed class NGramBuilderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Probabilities_are_those_of_the_definition(int order)
    {
        List<string[]> text = ReferenceKneserNey.RandomText(order, 120, 12);
        using NGramModel model = Build(text, new NGramOptions { Order = order }).Model;
        Compare(model, new ReferenceKneserNey(text, order, Tokens(model)), text, order);
    }

    [Fact]
    public void Discounts_are_those_of_counts_of_counts()
    {
        List<string[]> text = ReferenceKneserNey.RandomText(8, 200, 12);
        NGramBuild build = Build(text, new NGramOptions { Order = 3 });
        using NGramModel model = build.Model;
        ReferenceKneserNey reference = new(text, 3, Tokens(model));
        for (int k = 1; k <= 3; k++)
        {
            double[] expected = reference.DiscountsOf(k);
            Assert.Equal(expected[0], build.Discounts[k - 1].One, 1e-9);
            Assert.Equal(expected[1], build.Discounts[k - 1].Two, 1e-9);
            Assert.Equal(expected[2], build.Discounts[k - 1].More, 1e-9);
        }

        Assert.Contains(build.Discounts, d => d.Estimated);
        Assert.Equal(200, build.Sentences);
        Assert.Equal(text.Sum(s => s.Length), build.Tokens);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void After_any_words_the_probabilities_add_up_to_one(int order)
    {
        List<string[]> text = ReferenceKneserNey.RandomText(30 + order, 400, 30);
        NGramOptions plain = new() { Order = order };
        foreach (NGramOptions options in new[] { plain, plain with { PruneCounts = [0, 1] }, plain with { PruneEntropy = 1e-5 }, plain with { MinimumCount = 5 } })
        {
            using NGramModel model = Build(text, options).Model;
            Random random = new(order);
            NGramState state = model.Begin;
            for (int i = 0; i < 300; i++)
            {
                double sum = 0;
                for (int w = 0; w < model.Vocabulary.Count; w++)
                {
                    if (w != Vocabulary.Start) sum += Math.Exp(model.Score(state, w, out _));
                }

                Assert.Equal(1, sum, 2e-5);
                int word = random.Next(3, model.Vocabulary.Count);
                model.Score(i % 10 == 9 ? model.Empty : state, word, out state);
            }
        }
    }

    [Fact]
    public void Rare_words_become_the_unknown_word_and_pruning_by_count_frees_their_mass()
    {
        List<string[]> text = ReferenceKneserNey.RandomText(5, 150, 20);
        HashSet<string> frequent = [.. text.SelectMany(s => s).GroupBy(w => w).Where(g => g.Count() >= 8).Select(g => g.Key)];
        List<string[]> seen = [.. text.Select(s => s.Select(w => frequent.Contains(w) ? w : "<unk>").ToArray())];
        NGramBuild build = Build(text, new NGramOptions { Order = 3, MinimumCount = 8, PruneCounts = [0, 0, 1] });
        using NGramModel model = build.Model;
        Assert.Equal(frequent.Count, model.Vocabulary.Count - Vocabulary.FirstWord);
        Assert.Equal(seen.Sum(s => s.Count(w => w == "<unk>")), build.UnknownTokens);
        Assert.True(build.UnknownTokens > 0);
        Compare(model, new ReferenceKneserNey(seen, 3, Tokens(model), [0, 0, 1]), seen, 3);
        using NGramModel few = Build(text, new NGramOptions { MaximumWords = 4 }).Model;
        Assert.Equal(7, few.Vocabulary.Count);
    }

    [Fact]
    public void Words_of_a_given_vocabulary_that_the_text_lacks_get_what_is_spread_evenly()
    {
        List<string[]> text = ReferenceKneserNey.RandomText(6, 100, 10);
        Vocabulary vocabulary = new(["w0", "w1", "never", "w2"]);
        using NGramModel model = Build(text, new NGramOptions { Order = 2, Vocabulary = vocabulary }).Model;
        Assert.Same("never", string.Intern(model.Vocabulary[5]));
        List<string[]> seen = [.. text.Select(s => s.Select(w => vocabulary.Contains(w) ? w : "<unk>").ToArray())];
        Compare(model, new ReferenceKneserNey(seen, 2, Tokens(model)), seen, 2);
        Assert.True(model.Score(model.Empty, 5, out _) > -12);
    }

    [Fact]
    public void Characters_are_tokens_too()
    {
        string[] lines = ["tea for two", " two  for tea ", "a cup of tea"];
        using NGramModel model = NGramBuilder.Build(lines, new NGramOptions { Order = 4, Characters = true }).Model;
        Assert.True(model.Vocabulary.HasCharacters);
        string[][] seen = [.. lines.Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(c => c == ' ' ? "<space>" : $"{c}").ToArray())];
        Compare(model, new ReferenceKneserNey(seen, 4, Tokens(model)), seen, 4);
        NGramPerplexity perplexity = new(model);
        perplexity.Add("tea for two");
        Assert.Equal(11, perplexity.Tokens);
        Assert.Equal(0, perplexity.UnknownTokens);
    }

    [Fact]
    public void Text_and_options_of_no_use_are_refused_in_a_sentence()
    {
        Assert.Equal("The text is empty: give text of one sentence a line.", Complaint([], new NGramOptions()));
        Assert.Equal("The text has no word, only blank lines: give text of one sentence a line.", Complaint(["", " \t "], new NGramOptions()));
        Assert.Equal("No word of the text occurs 3 times, so the vocabulary would have no word: lower the minimum count or give more text.", Complaint(["a b a"], new NGramOptions { MinimumCount = 3 }));
        Assert.Equal("No word of the text is in the vocabulary: they belong to different languages or spellings.", Complaint(["a b"], new NGramOptions { Vocabulary = new Vocabulary(["c"]) }));
        Assert.Contains("not 11", Assert.Throws<ArgumentException>(() => NGramBuilder.Build(["a"], new NGramOptions { Order = 11 })).Message);
        Assert.Contains("begin the pruning counts with 0", Assert.Throws<ArgumentException>(() => NGramBuilder.Build(["a"], new NGramOptions { PruneCounts = [1] })).Message);
        Assert.Contains("none is smaller", Assert.Throws<ArgumentException>(() => NGramBuilder.Build(["a"], new NGramOptions { PruneCounts = [0, 2, 1] })).Message);
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => NGramBuilder.Build(["a"], new NGramOptions(), null, stop.Token));
    }

    [Fact]
    public void Values_in_8_bits_cost_little_and_the_cost_is_told()
    {
        List<string[]> text = ReferenceKneserNey.RandomText(11, 2000, 200);
        NGramBuild exact = Build(text, new NGramOptions()), bytes = Build(text, new NGramOptions { Quantise = true });
        using NGramModel a = exact.Model, b = bytes.Model;
        Assert.True(b.IsQuantised);
        Assert.True(b.SizeInBytes < a.SizeInBytes);
        Assert.Equal(1, exact.QuantisationCost);
        Assert.Equal(Measure(b, text) / Measure(a, text), bytes.QuantisationCost, 1e-3);
        Assert.InRange(bytes.QuantisationCost, 0.99, 1.01);
        Assert.NotEqual(1, bytes.QuantisationCost);
    }

    private static double Measure(NGramModel model, List<string[]> text)
    {
        NGramPerplexity perplexity = new(model);
        foreach (string[] sentence in text) perplexity.Add(string.Join(' ', sentence));
        return perplexity.Perplexity;
    }

    private static NGramBuild Build(List<string[]> text, NGramOptions options) => NGramBuilder.Build(text.Select(s => string.Join(' ', s)), options);

    private static string Complaint(string[] text, NGramOptions options) => Assert.Throws<LanguageTextException>(() => NGramBuilder.Build(text, options)).Message;

    private static IEnumerable<string> Tokens(NGramModel model) => Enumerable.Range(0, model.Vocabulary.Count).Select(i => model.Vocabulary[i]);

    /// <summary>Every word after the histories of the text, and after some that are not in it.</summary>
    private static void Compare(NGramModel model, ReferenceKneserNey reference, List<string[]> text, int order) => Compare(model, reference, text.ToArray(), order);

    private static void Compare(NGramModel model, ReferenceKneserNey reference, string[][] text, int order)
    {
        Random random = new(1);
        for (int i = 0; i < 25; i++)
        {
            string[] sentence = text[random.Next(text.Length)];
            string[] history = ["<s>", .. sentence.Take(random.Next(sentence.Length + 1))];
            if (i % 5 == 4 && history.Length > 1) history[^1] = model.Vocabulary[random.Next(3, model.Vocabulary.Count)];
            NGramState state = model.Begin;
            foreach (string word in history.Skip(1)) model.Score(state, model.Vocabulary.Find(word), out state);
            foreach (string word in Tokens(model).Where(w => w != "<s>"))
                Assert.Equal(Math.Log(reference.Probability(history, word)), model.Score(state, model.Vocabulary.Find(word), out _), 1e-4);
        }

        Assert.Equal(order, model.Order);
    }
}
