using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tests.Recognition;

public sealed class StableWordsTests
{
    private readonly StableWords _words = new(TimeSpan.FromSeconds(0.1), sure: 0.8, settled: TimeSpan.MaxValue);

    [Fact]
    public void A_word_is_shown_when_two_passes_in_a_row_read_it()
    {
        Assert.Equal("", Hear("one"));
        Assert.Equal("one", Hear("one to"));
        Assert.Equal("one", Hear("one two three"));
        Assert.Equal("one two three", Hear("one two three four"));
    }

    [Fact]
    public void What_is_shown_stays_until_two_passes_agree_on_something_else()
    {
        Hear("one two three");
        Assert.Equal("one two three", Hear("one two three"));
        Assert.Equal("one two three", Hear("one too three"));
        Assert.Equal("one two three", Hear("won two three"));
        Assert.Equal("one two three", Hear("one"));
        Assert.Equal("one two three", Hear("one too"));
        Assert.Equal("one too", Hear("one too three"));
    }

    [Fact]
    public void A_word_that_has_only_just_ended_waits()
    {
        Hear("one two", 2.05);
        Assert.Equal("one", Hear("one two", 2.05));
        Assert.Equal("one two", Hear("one two", 2.15));
    }

    [Fact]
    public void A_word_that_the_network_is_sure_of_is_shown_at_once_and_those_behind_an_unsure_one_wait()
    {
        Assert.Equal("one two", Hear(Sure("one", "two")));
        Assert.Equal("won two", Hear(Sure("won", "two")));
        Assert.Equal("won two", Hear(Sure("won", "two", "?three", "four")));
        Assert.Equal("won two three four", Hear(Sure("won", "two", "?three", "four")));
        Assert.Equal("won two three four", Hear(Sure("won", "two", "?free", "four")));
        Assert.Equal("won", _words.Hear(1, Text("", 2.05) with { Words = Sure("won", "two", "three") }).Text);
    }

    [Fact]
    public void A_text_that_is_certain_is_shown_at_once_and_another_utterance_begins_with_nothing()
    {
        _words.Accept(0, Text("one two", 3));
        Assert.Equal("one two", Hear("one", 3));
        Assert.Equal("", _words.Hear(1, Text("three", 3)).Text);
        Assert.Equal("three", _words.Hear(1, Text("three", 3)).Text);
    }

    [Fact]
    public void Times_and_confidences_are_those_of_the_last_pass_that_read_the_word()
    {
        Hear("one two");
        Hear("one two");
        Transcript text = Text("one", 9);
        Transcript shown = _words.Hear(0, text with { Words = [text.Words[0] with { Confidence = 0.25 }] });
        Assert.Equal([0.25, 0.5], shown.Words.Select(w => w.Confidence));
        Assert.Equal(text.Duration, shown.Duration);
    }

    [Fact]
    public void A_word_that_much_sound_has_followed_is_shown_by_one_pass_and_changed_by_one_that_is_surer()
    {
        StableWords words = new(TimeSpan.FromSeconds(0.1), sure: 0.8, settled: TimeSpan.FromSeconds(0.5));
        Assert.Equal("one", words.Hear(0, Text("one two", 2.45)).Text);
        Assert.Equal("one", words.Hear(0, Text("won two", 2.45)).Text);
        Assert.Equal("won", words.Hear(0, Text("won too", 2.45)).Text);
        Assert.Equal("won two", words.Hear(0, Text("won two", 2.55)).Text);
        Assert.Equal("won two", words.Hear(0, Text("one tea", 2.55)).Text);
        Assert.Equal("one tea", words.Hear(0, Text("one tea", 2.55, 0.6)).Text);
        Assert.Equal("won two", words.Hear(0, Text("won two", 2.55, 0.7)).Text);
    }

    private string Hear(string text, double seconds = 10) => _words.Hear(0, Text(text, seconds)).Text;

    private string Hear(TranscriptWord[] words) => _words.Hear(0, Text("", 10) with { Words = words }).Text;

    /// <summary>Words of a second each that are as good as certain, but those with a question mark.</summary>
    private static TranscriptWord[] Sure(params string[] words) =>
        [.. words.Select((w, i) => new TranscriptWord(w.TrimStart('?'), TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(i + 1), w.StartsWith('?') ? 0.5 : 0.9))];

    /// <summary>Words of a second each.</summary>
    private static Transcript Text(string text, double seconds, double confidence = 0.5) => new(
        text, TimeSpan.FromSeconds(seconds), [.. text.Split(' ').Select((w, i) => new TranscriptWord(w, TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(i + 1), confidence))], []);
}
