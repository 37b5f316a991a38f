using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

public sealed class WordTimesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read()
    {
        CorpusEntry one = FakeCorpus.Entry("one.wav", "good day"), two = FakeCorpus.Entry("two.wav", "hello");
        string path = _folder.Write("w.tsv", $"{WordTimes.Header}\n{WordTimes.Row(one, [0.5, 1.2504])}\n{WordTimes.Row(two, [0.25])}\n");
        WordTimes times = WordTimes.Load([path]);
        Assert.Equal(2, times.Count);
        Assert.Equal([0.5, 1.25], times.Ends(one).ToArray());
        Assert.Equal([0.25], times.Ends(two).ToArray());
        Assert.True(times.Ends(FakeCorpus.Entry("one.wav", "another text")).IsEmpty);
    }

    [Theory]
    [InlineData("path\ttext\n", ", line 1: the header must be")]
    [InlineData("path\ttext\tends\na.wav\thello\n", ", line 2: the row must have three columns")]
    [InlineData("path\ttext\tends\na.wav\thello\t0.1 0.2\n", ", line 2: there are 2 times for 1 words")]
    [InlineData("path\ttext\tends\na.wav\tgood day\t0.5 x\n", ", line 2: 'x' is no time")]
    [InlineData("path\ttext\tends\na.wav\tgood day\t0.5 0.4\n", ", line 2: '0.4' is no time in seconds, or is before")]
    [InlineData("path\ttext\tends\na.wav\tgood\tNaN\n", ", line 2: 'NaN' is no time")]
    public void A_wrong_file_is_a_sentence(string text, string sentence)
    {
        CorpusException error = Assert.Throws<CorpusException>(() => WordTimes.Load([_folder.Write("w.tsv", text)]));
        Assert.Contains($"w.tsv{sentence}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_is_one_that_is_missing_or_no_text()
    {
        Assert.Contains("cannot be read", Assert.Throws<CorpusException>(() => WordTimes.Load([_folder.File("none.tsv")])).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder.File("bytes"), [0x70, 0x80, 0x81, 10]);
        Assert.Contains("no text in UTF-8", Assert.Throws<CorpusException>(() => WordTimes.Load([_folder.File("bytes")])).Message, StringComparison.Ordinal);
    }
}
