using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Tests.Corpora;
using DeepSpeechNet.Speech.Training;

namespace DeepSpeechNet.Speech.Tests.Training;

public sealed class UtteranceBeginningTests : IDisposable
{
    private static readonly double[] Ends = [0.5, 1.0, 1.6];
    private static readonly CorpusEntry Entry = FakeCorpus.Entry("a.wav", "one two three", 2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_cut_keeps_the_words_that_ended_before_it()
    {
        UtteranceBeginning beginning = new(Times(Entry, Ends), 1);
        Dictionary<string, int> texts = [];
        for (ulong seed = 0; seed < 2000; seed++)
        {
            (double seconds, string text) = beginning.Draw(Entry, seed);
            texts[text] = texts.GetValueOrDefault(text) + 1;
            int words = text.Length == 0 ? 0 : text.Split(' ').Length;
            Assert.StartsWith(text, Entry.Text, StringComparison.Ordinal);
            if (words == 3)
            {
                Assert.Equal(2, seconds);
                continue;
            }

            Assert.InRange(seconds, 0.2, 2);
            Assert.True(words == 0 || seconds >= Ends[words - 1] + UtteranceBeginning.Margin, $"'{text}' at {seconds}");
            Assert.True(seconds <= Ends[words] - UtteranceBeginning.Margin, $"'{text}' at {seconds}");
        }

        // A place before x of 2 s is drawn with probability sqrt(x / 2): up to 0.42 s nothing was said, up to 0.92 s one word, up to 1.52 s two.
        Assert.InRange(texts[""] / 2000.0, 0.41, 0.50);
        Assert.InRange(texts["one"] / 2000.0, 0.18, 0.26);
        Assert.InRange(texts["one two"] / 2000.0, 0.155, 0.235);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void As_many_are_cut_as_asked(double probability)
    {
        UtteranceBeginning beginning = new(Times(Entry, [0.5, 1, 1.99]), probability);
        int cut = Enumerable.Range(0, 2000).Count(i => beginning.Draw(Entry, (ulong)i).Seconds < 2);
        Assert.InRange(cut / 2000.0, 0.85 * probability, 1.1 * probability);
    }

    [Fact]
    public void Single_words_and_recordings_without_times_stay_whole()
    {
        CorpusEntry word = FakeCorpus.Entry("w.wav", "hello", 1), other = FakeCorpus.Entry("o.wav", "not in the file", 3);
        UtteranceBeginning beginning = new(Times(word, [0.9]), 1);
        for (ulong seed = 0; seed < 50; seed++)
        {
            Assert.Equal((1, "hello"), beginning.Draw(word, seed));
            Assert.Equal((3, "not in the file"), beginning.Draw(other, seed));
        }
    }

    private WordTimes Times(CorpusEntry entry, double[] ends) => WordTimes.Load([_folder.Write("w.tsv", $"{WordTimes.Header}\n{WordTimes.Row(entry, ends)}\n")]);
}
