using DeepSpeechNet.Language.Correction;

namespace DeepSpeechNet.Language.Tests.Correction;

public sealed class SpellingPairsTests
{
    [Fact]
    public void Columns_are_found_by_name_and_texts_are_normalised()
    {
        SpellingPair[] pairs = [.. SpellingPairs.Read(new StringReader("source\tright\twrong\nhand\tA lot!\tAlot\nhand\t4\tfour\n"), "t.tsv")];

        Assert.Equal([new SpellingPair("alot", "a lot", "hand")], pairs);
    }

    [Fact]
    public void Faults_name_file_and_line()
    {
        Assert.Contains("t.tsv: line 1", Fault("right\tleft\na\tb\n"), StringComparison.Ordinal);
        Assert.Contains("t.tsv: line 3", Fault("wrong\tright\na\tb\nc\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Part_goes_by_what_is_right_and_is_even()
    {
        Assert.Equal(SpellingPairs.Part(new SpellingPair("a", "word")), SpellingPairs.Part(new SpellingPair("b", "word", "elsewhere")));
        int[] parts = new int[10];
        for (int i = 0; i < 10_000; i++)
            parts[SpellingPairs.Part(new SpellingPair("", $"word{i}"))]++;
        Assert.All(parts, count => Assert.InRange(count, 850, 1150));
    }

    private static string Fault(string table) => Assert.Throws<InvalidDataException>(() => SpellingPairs.Read(new StringReader(table), "t.tsv").ToArray()).Message;
}
