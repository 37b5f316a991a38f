using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tests.Recognition;

public sealed class TranscriptTests
{
    [Fact]
    public void Joining_moves_words_by_their_utterances_start_and_leaves_silence_out()
    {
        Transcript first = new("go on", Seconds(2), [Word("go", 0.1, 0.4), Word("on", 0.5, 0.9)], []);
        Transcript last = new("stop", Seconds(1), [Word("stop", 0.2, 0.6)], []);
        Transcript joined = Transcript.Join([(Seconds(0), first), (Seconds(2), Transcript.Empty(Seconds(3))), (Seconds(5), last)], Seconds(6));
        Assert.Equal("go on stop", joined.Text);
        Assert.Equal(Seconds(6), joined.Duration);
        Assert.Equal([Word("go", 0.1, 0.4), Word("on", 0.5, 0.9), Word("stop", 5.2, 5.6)], joined.Words);
        Assert.Empty(joined.Alternatives);
        Assert.Equal("", Transcript.Join([], Seconds(1)).Text);
    }

    [Fact]
    public void Alternatives_of_the_whole_are_the_best_combinations()
    {
        Transcript first = Readings(("a", -1, 0.6), ("b", -2, 0.4));
        Transcript second = Readings(("c", -1, 0.5), ("d", -1.5, 0.3), ("e", -5, 0.2));
        Transcript joined = Transcript.Join([(Seconds(0), first), (Seconds(1), Transcript.Empty(Seconds(1))), (Seconds(2), second)], Seconds(3));
        Assert.Equal(["a c", "a d", "b c"], joined.Alternatives.Select(a => a.Text));
        Assert.Equal([-2, -2.5, -3], joined.Alternatives.Select(a => a.Score));
        Assert.Equal(0.3, joined.Alternatives[0].Confidence, 12);
        Assert.Equal(joined.Text, joined.Alternatives[0].Text);
    }

    private static Transcript Readings(params (string Text, double Score, double Confidence)[] readings) =>
        new(readings[0].Text, Seconds(1), [], [.. readings.Select(r => new TranscriptAlternative(r.Text, r.Score, r.Confidence))]);

    private static TimeSpan Seconds(double value) => TimeSpan.FromSeconds(value);

    private static TranscriptWord Word(string text, double start, double end) => new(text, Seconds(start), Seconds(end), 0.5);
}
