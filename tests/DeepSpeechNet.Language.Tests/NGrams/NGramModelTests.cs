using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Language.Tests.NGrams;

public sealed class NGramModelTests
{
    private static readonly double Ln10 = Math.Log(10);

    [Fact]
    public void A_sentence_is_scored_by_its_longest_ngrams_and_back_off_weights()
    {
        using NGramModel model = Arpa.Load(Arpa.Small);
        Vocabulary words = model.Vocabulary;
        int tea = words.Find("tea"), cup = words.Find("cup");
        Assert.Equal(3, model.Order);
        Assert.Equal(-0.3 * Ln10, model.Score(model.Begin, tea, out NGramState a), 5);
        Assert.Equal(-0.15 * Ln10, model.Score(a, cup, out NGramState b), 5);
        // "tea cup tea" is missing, "tea cup" weighs nothing, "cup tea" is there.
        Assert.Equal(-0.2 * Ln10, model.Score(b, tea, out NGramState c), 5);
        Assert.Equal(-0.05 * Ln10, model.Score(c, Vocabulary.End, out _), 5);
        // "cup tea tea": from "cup tea" and from "tea" to the 1-gram.
        Assert.Equal((-0.25 - 0.3 - 0.6) * Ln10, model.Score(c, tea, out _), 5);
        Assert.Equal((-0.25 - 0.3 - 1.5) * Ln10, model.Score(c, Vocabulary.Unknown, out NGramState unknown), 5);
        Assert.Equal(-0.6 * Ln10, model.Score(unknown, tea, out _), 5);
        Assert.Equal(-0.6 * Ln10, model.Score(model.Empty, tea, out _), 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(NGramModel.MaximumOrder)]
    public void Any_order_scores_as_the_definition_of_backing_off_says(int order)
    {
        Random random = new(order);
        (string text, Dictionary<string, (double, double)> entries) = Arpa.Random(random, order, 20, 250);
        using NGramModel model = Arpa.Load(text);
        Assert.Equal(order, model.Order);
        List<string> history = ["<s>"];
        NGramState state = model.Begin;
        for (int i = 0; i < 2000; i++)
        {
            int word = random.Next(model.Vocabulary.Count);
            history.Add(model.Vocabulary[word]);
            string[] window = [.. history.TakeLast(order)];
            Assert.Equal(Arpa.Score(entries, window), model.Score(state, word, out state), 1e-4);
        }
    }

    [Fact]
    public void States_are_equal_when_the_same_ends_are_known()
    {
        using NGramModel model = Arpa.Load(Arpa.Small);
        int tea = model.Vocabulary.Find("tea");
        model.Score(model.Begin, tea, out NGramState begun);
        model.Score(model.Empty, tea, out NGramState fresh);
        // "tea tea" is no 2-gram, so what was before the last word is forgotten.
        model.Score(begun, tea, out NGramState twice);
        Assert.Equal(fresh, twice);
        Assert.Equal(fresh.GetHashCode(), twice.GetHashCode());
        Assert.NotEqual(fresh, begun);
        Assert.Equal(2, begun.ContextLength);
        Assert.Equal(1, fresh.ContextLength);
        Assert.Equal(default, model.Empty);
    }

    [Fact]
    public void Queries_allocate_nothing()
    {
        using NGramModel model = Arpa.Load(Arpa.Random(new Random(1), 4, 20, 250).Text);
        float total = 0;
        long least = Allocation.Least(() =>
        {
            NGramState state = model.Begin;
            for (int i = 0; i < 1000; i++) total += model.Score(state, i % model.Vocabulary.Count, out state);
        });
        Assert.Equal(0, least);
        Assert.True(total < 0);
    }

    [Fact]
    public void The_binary_form_is_mapped_and_gives_the_same_scores()
    {
        (string text, _) = Arpa.Random(new Random(2), 4, 50, 2000);
        using NGramModel model = Arpa.Load(text);
        string path = Path.GetTempFileName();
        try
        {
            model.Save(path);
            using NGramModel mapped = NGramModel.Load(path), held = NGramModel.FromMemory(File.ReadAllBytes(path), "memory");
            Random random = new(3);
            NGramState a = model.Begin, b = mapped.Begin, c = held.Begin;
            for (int i = 0; i < 5000; i++)
            {
                int word = random.Next(model.Vocabulary.Count);
                float expected = model.Score(a, word, out a);
                Assert.Equal(expected, mapped.Score(b, word, out b));
                Assert.Equal(expected, held.Score(c, word, out c));
            }

            Assert.Equal(new FileInfo(path).Length, mapped.SizeInBytes);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_model_is_used_in_place_as_a_tensor_of_a_package()
    {
        using NGramModel model = Arpa.Load(Arpa.Small);
        string path = Path.GetTempFileName();
        try
        {
            TensorFileWriter writer = new();
            writer.Add<byte>("language.ngram", [model.SizeInBytes], model.AsBytes().ToArray());
            writer.Add<float>("other", [1], new float[1]);
            writer.Save(path);
            using TensorFile package = TensorFile.Map(path);
            using NGramModel held = NGramModel.FromTensor(package, "language.ngram");
            Assert.Equal(model.Score(model.Begin, 3, out _), held.Score(held.Begin, 3, out _));
            Assert.Contains("tensor 'none' is missing", Assert.Throws<ModelFormatException>(() => NGramModel.FromTensor(package, "none")).Message);
            Assert.Contains("tensor 'other' holds", Assert.Throws<ModelFormatException>(() => NGramModel.FromTensor(package, "other")).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Crowded_blocks_spill_and_all_their_ngrams_are_found()
    {
        (string text, Dictionary<string, (double, double)> entries) = Arpa.Random(new Random(6), 3, 300, 20_000);
        using NGramModel model = Arpa.Load(text);
        byte[] bytes = model.AsBytes().ToArray();
        Assert.All(BinaryLayout.Read(bytes, bytes.Length, "bytes").Levels, level => Assert.True(level.Overflow > 0));
        NGramTables tables = model.ToTables();
        Assert.Equal(20_000, tables.Count(3));
        Span<int> words = stackalloc int[3];
        for (int i = 0; i < tables.Count(3); i++)
        {
            tables.Words(3, i, words);
            string gram = string.Join(' ', words.ToArray().Select(w => model.Vocabulary[w]));
            Assert.Equal(entries[gram].Item1 * Ln10, tables.LogProbabilities[2][i], 1e-4);
            model.Score(model.Empty, words[0], out NGramState state);
            model.Score(state, words[1], out state);
            Assert.Equal(entries[gram].Item1 * Ln10, model.Score(state, words[2], out _), 1e-4);
        }

        bytes[7] = (byte)'1';
        Assert.Contains("build it again", Assert.Throws<ModelFormatException>(() => NGramModel.FromMemory(bytes, "old")).Message);
    }

    [Fact]
    public void Wrong_words_foreign_states_and_closed_models_are_refused()
    {
        NGramModel model = Arpa.Load(Arpa.Small);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Score(model.Empty, -1, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Score(model.Empty, model.Vocabulary.Count, out _));
        NGramState foreign = default;
        foreign.Length = 2;
        foreign.Nodes[0] = foreign.Nodes[1] = 1 << 30;
        Assert.Throws<ArgumentException>(() => model.Score(foreign, 4, out _));
        foreign.Length = 3;
        Assert.Throws<ArgumentException>(() => model.Score(foreign, 4, out _));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Score(model.Empty, 3, out _));
        Assert.Throws<FileNotFoundException>(() => NGramModel.Load("/nowhere.arpa"));
    }
}
