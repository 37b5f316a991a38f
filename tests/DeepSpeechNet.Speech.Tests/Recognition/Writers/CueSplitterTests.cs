using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Recognition.Writers;

namespace DeepSpeechNet.Speech.Tests.Recognition.Writers;

public sealed class CueSplitterTests
{
    [Fact]
    public void A_pause_ends_a_subtitle()
    {
        IReadOnlyList<Cue> cues = Split(20, ("one", 0, 0.4), ("two", 0.5, 1.4), ("three", 2.1, 2.5));
        Assert.Equal(["one two", "three"], cues.Select(Text));
        Assert.Equal((0, 1.4), Times(cues[0]));
        Assert.Equal((2.1, 3.1), Times(cues[1]));
    }

    [Fact]
    public void A_short_subtitle_ends_where_the_next_begins_or_the_recording_ends()
    {
        IReadOnlyList<Cue> cues = Split(2.3, ("one", 0, 0.1), ("two", 0.9, 1.0), ("three", 2.1, 2.2));
        Assert.Equal([(0, 0.9), (0.9, 1.9), (2.1, 2.3)], cues.Select(Times));
    }

    [Fact]
    public void Long_text_is_cut_at_the_longest_gap_of_the_second_half_and_lines_are_even()
    {
        // 20 words of 9 letters, 0.3 s each; a gap of 0.3 s before the seventh word.
        List<(string, double, double)> words = [];
        double at = 0;
        for (int i = 0; i < 20; i++)
        {
            if (i == 6) at += 0.25;
            words.Add(("wordnum" + (char)('a' + i) + "x", at, at + 0.25));
            at += 0.3;
        }

        IReadOnlyList<Cue> cues = Split(20, [.. words]);
        Assert.Equal(6, cues[0].Lines.Sum(l => l.Split(' ').Length));
        Assert.Equal([3, 3], cues[0].Lines.Select(l => l.Split(' ').Length));
        Assert.Equal(8, cues[1].Lines.Sum(l => l.Split(' ').Length));
        Assert.Equal(string.Join(' ', words.Select(w => w.Item1)), string.Join(' ', cues.Select(Text)));
    }

    [Fact]
    public void No_subtitle_stands_longer_than_seven_seconds()
    {
        (string, double, double)[] words = [.. Enumerable.Range(0, 12).Select(i => ("so", 1.0 * i, i + 0.5))];
        IReadOnlyList<Cue> cues = Split(20, words);
        Assert.Equal(12, cues.Sum(c => c.Lines.Sum(l => l.Split(' ').Length)));
        Assert.All(cues, c => Assert.True(c.End - c.Start <= TimeSpan.FromSeconds(7)));
        Assert.Equal((0, 7), Times(Assert.Single(Split(20, ("drawn", 0, 9)))));
    }

    [Fact]
    public void A_word_longer_than_a_line_stands_alone()
    {
        string giant = new('x', 60);
        IReadOnlyList<Cue> cues = Split(20, ("one", 0, 0.3), (giant, 0.4, 0.7), ("two", 0.8, 1.1));
        Assert.Equal(["one", giant, "two"], cues.Select(Text));
    }

    [Fact]
    public void Any_words_give_subtitles_in_order_within_all_limits_with_no_word_lost()
    {
        Random random = new(12);
        for (int round = 0; round < 100; round++)
        {
            List<(string, double, double)> words = [];
            double at = 0;
            for (int i = random.Next(60); i > 0; i--)
            {
                at += random.NextDouble() * (random.Next(10) == 0 ? 2 : 0.2);
                double end = at + (random.NextDouble() * 0.8);
                words.Add((new string('w', random.Next(1, 14)), at, end));
                at = end;
            }

            IReadOnlyList<Cue> cues = Split(at, [.. words]);
            Assert.Equal(string.Join(' ', words.Select(w => w.Item1)), string.Join(' ', cues.Select(Text)));
            for (int i = 0; i < cues.Count; i++)
            {
                Assert.InRange(cues[i].Lines.Count, 1, 2);
                Assert.All(cues[i].Lines, l => Assert.InRange(l.Length, 1, 42));
                Assert.InRange((cues[i].End - cues[i].Start).TotalSeconds, 0, 7);
                if (i > 0) Assert.True(cues[i - 1].End <= cues[i].Start);
            }
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        foreach (CueOptions options in new CueOptions[] { new() { LineLength = 0 }, new() { Lines = 0 }, new() { LongestTime = TimeSpan.Zero }, new() { Pause = TimeSpan.Zero }, new() { ShortestTime = TimeSpan.FromSeconds(8) } })
            Assert.Throws<ArgumentOutOfRangeException>(() => new CueSplitter(options));
    }

    private static IReadOnlyList<Cue> Split(double duration, params (string Text, double Start, double End)[] words) =>
        new CueSplitter(new CueOptions()).Split(new Transcript(
            string.Join(' ', words.Select(w => w.Text)),
            TimeSpan.FromSeconds(duration),
            [.. words.Select(w => new TranscriptWord(w.Text, TimeSpan.FromSeconds(w.Start), TimeSpan.FromSeconds(w.End), 1))],
            []));

    private static string Text(Cue cue) => string.Join(' ', cue.Lines);

    private static (double Start, double End) Times(Cue cue) => (cue.Start.TotalSeconds, cue.End.TotalSeconds);
}
