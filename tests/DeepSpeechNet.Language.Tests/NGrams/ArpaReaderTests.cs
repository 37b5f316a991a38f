using System.IO.Compression;
using System.Text;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.NGrams;

public sealed class ArpaReaderTests
{
    [Fact]
    public void Habits_of_other_programs_are_understood()
    {
        string text = "written by somebody\r\n\r\n\\data\\\r\nngram  1 = 4\r\nngram 2=2\r\n\r\n\r\n\\1-grams:\r\n-99 <s> -0.5\r\n" +
            "-inf\t<UNK>\r\n-1.25e-1   tea\r\n\r\n0.0000001 </s>\r\n\r\n\\2-grams:\r\n  -0.25\t<s>  tea  \r\n-0.5 tea </s> 0\r\n\\end\\\r\n\r\n";
        using NGramModel model = Arpa.Load(text);
        Assert.Equal(4, model.Vocabulary.Count);
        int tea = model.Vocabulary.Find("tea");
        Assert.Equal(-0.25 * Math.Log(10), model.Score(model.Begin, tea, out _), 5);
        Assert.Equal(-0.125 * Math.Log(10), model.Score(model.Empty, tea, out _), 5);
        Assert.Equal(-99 * Math.Log(10), model.Score(model.Empty, Vocabulary.Unknown, out _), 3);
        Assert.Equal(0, model.Score(model.Empty, Vocabulary.End, out _));
    }

    [Fact]
    public void Without_an_unknown_word_others_are_all_but_impossible()
    {
        using NGramModel model = Arpa.Load("\\data\\\nngram 1=1\n\\1-grams:\n-0.5 tea\n\\end\\\n");
        Assert.Equal(-100 * Math.Log(10), model.Score(model.Begin, model.Vocabulary.Find("coffee"), out _), 3);
        Assert.Equal(-0.5 * Math.Log(10), model.Score(model.Begin, model.Vocabulary.Find("tea"), out _), 5);
    }

    [Fact]
    public void An_ngram_whose_context_is_not_listed_is_found()
    {
        string text = Arpa.Small.Replace("ngram 2=4", "ngram 2=3").Replace("-0.2\tcup tea\t-0.25\n", "");
        using NGramModel model = Arpa.Load(text);
        model.Score(model.Empty, model.Vocabulary.Find("cup"), out NGramState cup);
        // "cup tea" is not listed: the weight of "cup" and the 1-gram "tea".
        Assert.Equal((-0.2 - 0.6) * Math.Log(10), model.Score(cup, model.Vocabulary.Find("tea"), out NGramState tea), 5);
        Assert.Equal(-0.05 * Math.Log(10), model.Score(tea, Vocabulary.End, out _), 5);
    }

    [Fact]
    public void Gzip_is_unpacked()
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(Encoding.UTF8.GetBytes(Arpa.Small));
        packed.Position = 0;
        using NGramModel model = NGramModel.Read(packed, "test.arpa.gz");
        Assert.Equal(3, model.Order);
        byte[] cut = packed.ToArray()[..(int)(packed.Length / 2)];
        Assert.Throws<ModelFormatException>(() => NGramModel.Read(new MemoryStream(cut), "cut.gz"));
    }

    [Theory]
    [InlineData("", "", "is empty")]
    [InlineData("\\data\\", "data", "has no line \\data\\")]
    [InlineData("ngram 1=5", "ngram 1=four", "line 2 \"ngram 1=four\" is no count of n-grams")]
    [InlineData("ngram 2=4", "ngram 3=4", "line 3 counts 3-grams, where the count of 2-grams is due")]
    [InlineData("ngram 2=4", "ngram 2=5", "line 19 ends the 2-grams after 4, but \\data\\ says that there are 5")]
    [InlineData("ngram 2=4", "ngram 2=3", "line 17 is one 2-gram more than the 3")]
    [InlineData("\\2-grams:", "\\4-grams:", "line 13 \"\\4-grams:\" stands where \\2-grams: is due")]
    [InlineData("-0.3\t<s> tea", "x\t<s> tea", "line 14 begins with \"x\"")]
    [InlineData("-0.3\t<s> tea", "nan\t<s> tea", "line 14 begins with \"nan\"")]
    [InlineData("-0.3\t<s> tea", "0.3\t<s> tea", "line 14 has the probability logarithm 0.3, which is above 0")]
    [InlineData("<s> tea\t-0.1", "<s> tea\ty", "line 14 ends with \"y\"")]
    [InlineData("<s> tea\t-0.1", "<s> tea\t-0.1 2", "line 14 has more fields")]
    [InlineData("-0.4\ttea cup", "-0.4\ttea", "line 17 has 1 words, where 2 are due")]
    [InlineData("-0.4\ttea cup", "-0.4\ttea milk", "line 17 has the word \"milk\", which is not among the 1-grams")]
    [InlineData("-0.4\ttea cup", "-0.4\tcup tea", "line 17 is an n-gram that an earlier line has already")]
    [InlineData("-0.9\tcup", "-0.9\ttea", "line 11 has the word \"tea\", which an earlier line has already")]
    [InlineData("\\end\\", "", "are not ended by another section or \\end\\")]
    [InlineData("\\end\\", "\\end\\\nmore", "line 24 \"more\" stands behind \\end\\")]
    [InlineData("ngram 3=2", "ngram 3=2\nngram 4=0\nngram 5=0\nngram 6=0\nngram 7=0\nngram 8=0\nngram 9=0\nngram 10=0\nngram 11=0", "at most 10-grams")]
    public void A_wrong_line_is_named(string right, string wrong, string complaint)
    {
        string text = right.Length == 0 ? "" : Arpa.Small.Replace("\r", "").Replace(right, wrong);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Arpa.Load(text));
        Assert.StartsWith("test.arpa: ", e.Message);
        Assert.Contains(complaint, e.Message);
    }
}
