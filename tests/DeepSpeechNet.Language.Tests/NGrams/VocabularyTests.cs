using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Language.Tests.NGrams;

public sealed class VocabularyTests
{
    [Fact]
    public void Special_tokens_come_first_and_words_in_their_order()
    {
        Vocabulary vocabulary = new(["tea", "<s>", "über", "a"]);
        Assert.Equal(["<unk>", "<s>", "</s>", "tea", "über", "a"], Enumerable.Range(0, vocabulary.Count).Select(i => vocabulary[i]));
        for (int id = 0; id < vocabulary.Count; id++) Assert.Equal(id, vocabulary.Find(vocabulary[id]));
        Assert.Equal(Vocabulary.Unknown, vocabulary.Find("coffee"));
        Assert.False(vocabulary.Contains("coffee"));
        Assert.False(vocabulary.HasCharacters);
    }

    [Fact]
    public void Counts_order_the_words_and_limits_cut_the_rare_ones()
    {
        Dictionary<string, long> counts = new() { ["b"] = 2, ["c"] = 5, ["a"] = 2, ["d"] = 1, ["</s>"] = 9 };
        Vocabulary all = Vocabulary.FromCounts(counts);
        Assert.Equal(["c", "a", "b", "d"], Enumerable.Range(3, all.Count - 3).Select(i => all[i]));
        Assert.Equal(6, Vocabulary.FromCounts(counts, minimumCount: 2).Count);
        Assert.Equal(5, Vocabulary.FromCounts(counts, maximumWords: 2).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.FromCounts(counts, maximumWords: 0));
    }

    [Fact]
    public void A_vocabulary_comes_back_from_its_file_and_its_bytes()
    {
        Vocabulary vocabulary = new(Enumerable.Range(0, 3000).Select(i => $"wörd{i}"));
        string path = Path.GetTempFileName();
        try
        {
            vocabulary.Save(path);
            foreach (Vocabulary back in new[] { Vocabulary.Load(path), Vocabulary.FromBytes(vocabulary.ToBytes(), "bytes") })
            {
                Assert.Equal(vocabulary.Count, back.Count);
                for (int id = 0; id < back.Count; id++) Assert.Equal(id, back.Find(vocabulary[id]));
            }

            File.WriteAllText(path, "a\nb c\n");
            Assert.Equal($"{path}: line 2 holds white space: give one word a line.", Assert.Throws<ModelFormatException>(() => Vocabulary.Load(path)).Message);
            File.WriteAllText(path, "a\nb\na\n");
            Assert.Equal($"{path}: line 3 stands there twice.", Assert.Throws<ModelFormatException>(() => Vocabulary.Load(path)).Message);
            File.WriteAllText(path, "");
            Assert.Contains("has no word", Assert.Throws<ModelFormatException>(() => Vocabulary.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Damaged_bytes_are_refused()
    {
        byte[] bytes = new Vocabulary(["one", "two"]).ToBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.Throws<ModelFormatException>(() => Vocabulary.FromBytes(bytes.AsSpan(0, i), "cut"));
        }

        bytes[4] = 200;
        Assert.Throws<ModelFormatException>(() => Vocabulary.FromBytes(bytes, "changed"));
    }

    [Fact]
    public void Characters_are_Unicode_characters_and_the_space_has_a_name()
    {
        Vocabulary vocabulary = new(["<space>", "a", "b", "😀"]);
        Assert.True(vocabulary.HasCharacters);
        Assert.Equal([4, 3, 5, 6, 0], vocabulary.Encode(" a \t b😀c "));
        Assert.Equal([3, 0, 4], new Vocabulary(["a", "b"]).Encode("a  c\tb"));
    }

    [Fact]
    public void Looking_a_word_up_allocates_nothing()
    {
        Vocabulary vocabulary = new(["one", "two", "three"]);
        int sum = 0;
        long least = Allocation.Least(() =>
        {
            ReadOnlySpan<char> text = "one two three four";
            sum = 0;
            for (int i = 0; i < 1000; i++) sum += vocabulary.Find(text[..3]) + vocabulary.Find(text[4..7]) + vocabulary.Find(text[14..]);
        });
        Assert.Equal(0, least);
        Assert.Equal(7000, sum);
    }
}
