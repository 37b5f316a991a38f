using System.Text;
using DeepSpeechNet.Language.Decoding.HotWords;

namespace DeepSpeechNet.Language.Tests.Decoding.HotWords;

public sealed class HotWordListTests
{
    [Fact]
    public void Phrases_are_normalised_and_the_last_line_of_a_phrase_counts()
    {
        HotWordList list = Parse("\uFEFF# people\r\nNarendra  Modi\t8.5\r\n\r\n  \nboston\t2\nO\u2019Neil\t1e0\nBoston\t3\n");
        Assert.Equal([new HotWord("narendra modi", 8.5), new HotWord("boston", 3), new HotWord("o'neil", 1)], list.Phrases);
        Assert.Equal(["narendra", "modi", "boston", "o'neil"], list.Words);
    }

    [Theory]
    [InlineData("boston\t3\nlondon 4", "list line 2", "tab")]
    [InlineData("boston\t-3", "list line 1", "above 0")]
    [InlineData("boston\t0", "list line 1", "above 0")]
    [InlineData("boston\tNaN", "list line 1", "above 0")]
    [InlineData("boston\t1e9", "list line 1", "1000")]
    [InlineData("boston\tmuch", "list line 1", "no number")]
    [InlineData("boston\t", "list line 1", "no number")]
    [InlineData("\t4", "list line 1", "no letter")]
    [InlineData("# nothing\n\n", "list", "holds no hot words")]
    [InlineData("", "list", "holds no hot words")]
    [InlineData("#\nroom 12\t4", "list line 2", "'1'")]
    [InlineData("Москва\t4", "list line 1", "alphabet")]
    public void A_bad_line_is_named_in_one_sentence(string text, string where, string what)
    {
        HotWordException e = Assert.Throws<HotWordException>(() => Parse(text));
        Assert.StartsWith(where, e.Message);
        Assert.Contains(what, e.Message);
        Assert.EndsWith(".", e.Message);
    }

    [Fact]
    public void Limits_are_kept()
    {
        Assert.Contains("200", Assert.Throws<HotWordException>(() => Parse(new string('a', 201) + "\t1")).Message);
        StringBuilder many = new();
        for (int i = 0; i <= HotWordList.MostPhrases; i++) many.Append($"{(char)('a' + (i % 26))}{(char)('a' + (i / 26 % 26))}{(char)('a' + (i / 676))}\t1\n");
        Assert.Contains("10000", Assert.Throws<HotWordException>(() => Parse(many.ToString())).Message);
        Assert.Contains("MiB", Assert.Throws<HotWordException>(() => HotWordList.Parse(new byte[HotWordList.LongestText + 1], "list", Alphabet.English)).Message);
        StringBuilder wide = new();
        for (int i = 0; i < 1300; i++) wide.Append('a', i % 190).Append("b ").Append((char)('a' + (i % 26))).Append((char)('a' + (i / 26 % 26))).Append((char)('a' + (i / 676))).Append("\t1\n");
        Parse(wide.ToString());
        Assert.Contains("letters", Assert.Throws<HotWordException>(() => Parse(wide.ToString() + wide.Replace("b ", "c ") + wide.Replace("b ", "d "))).Message);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Contains("UTF-8", Assert.Throws<HotWordException>(() => HotWordList.Parse([0x61, 0xFF, 0x09, 0x31], "list", Alphabet.English)).Message);

    [Fact]
    public void A_missing_file_is_a_sentence() =>
        Assert.Contains("no file", Assert.Throws<HotWordException>(() => HotWordList.Load("/nowhere/hot.txt", Alphabet.English)).Message);

    [Fact]
    public void Damaged_lists_give_a_list_or_the_documented_exception()
    {
        byte[] start = Encoding.UTF8.GetBytes("# names\nnarendra modi\t8\nboston\t2.5\n\nnew york city\t3e0\no'neil\t1\n");
        Random random = new(2026);
        int lists = 0, refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] bytes = HotWordMutation.Of(start, random);
            try
            {
                HotWordList list = HotWordList.Parse(bytes, "list", Alphabet.English);
                Assert.NotEmpty(list.Phrases);
                lists++;
            }
            catch (HotWordException e)
            {
                Assert.StartsWith("list", e.Message);
                refused++;
            }
        }

        Assert.True(lists > 100 && refused > 100, $"{lists} lists, {refused} refused");
    }

    private static HotWordList Parse(string text) => HotWordList.Parse(Encoding.UTF8.GetBytes(text), "list", Alphabet.English);
}
