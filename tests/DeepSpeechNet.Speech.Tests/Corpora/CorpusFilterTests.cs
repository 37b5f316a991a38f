using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

public sealed class CorpusFilterTests
{
    private static bool Accepts(CorpusFilter filter, string corpus = "fsdd", string speaker = "theo", double seconds = 1) =>
        filter.Accepts(FakeCorpus.Entry("p", "t", seconds, speaker, corpus));

    [Fact]
    public void An_empty_filter_accepts_everything() => Assert.True(Accepts(new CorpusFilter()));

    [Fact]
    public void Names_of_no_corpus_are_told()
    {
        CorpusFilter filter = new() { OnlyCorpora = ["fsdd", "an*", "*-words", "fsd", "*x"] };
        Assert.Equal(["fsd", "*x"], filter.MatchingNone(["fsdd", "an4", "an4-words"]));
        Assert.Empty(new CorpusFilter().MatchingNone(["fsdd"]));
    }

    [Fact]
    public void Names_of_no_speaker_are_told()
    {
        CorpusFilter filter = new() { OnlySpeakers = ["theo", "an4/theo"], ExcludedSpeakers = ["fsdd/lucas", "luca", "fsdd-lucas"] };
        Assert.Equal(["an4/theo", "luca", "fsdd-lucas"], filter.MatchingNone([("fsdd", "theo"), ("fsdd", "lucas")]));
        Assert.Empty(new CorpusFilter().MatchingNone([("fsdd", "theo")]));
    }

    [Fact]
    public void Corpora_are_selected_and_excluded_by_name_or_a_part_of_it()
    {
        Assert.True(Accepts(new CorpusFilter { OnlyCorpora = ["an4", "fsdd"] }));
        Assert.False(Accepts(new CorpusFilter { OnlyCorpora = ["an4", "fsd"] }));
        Assert.True(Accepts(new CorpusFilter { OnlyCorpora = ["fs*"] }));
        Assert.True(Accepts(new CorpusFilter { OnlyCorpora = ["*dd"] }));
        Assert.False(Accepts(new CorpusFilter { OnlyCorpora = ["*d4", "FS*"] }));
        Assert.False(Accepts(new CorpusFilter { ExcludedCorpora = ["fsdd"] }));
        Assert.False(Accepts(new CorpusFilter { OnlyCorpora = ["fsdd"], ExcludedCorpora = ["f*"] }));
    }

    [Fact]
    public void Speakers_are_named_alone_or_with_their_corpus()
    {
        Assert.False(Accepts(new CorpusFilter { ExcludedSpeakers = ["theo"] }));
        Assert.False(Accepts(new CorpusFilter { ExcludedSpeakers = ["fsdd/theo"] }));
        Assert.True(Accepts(new CorpusFilter { ExcludedSpeakers = ["an4/theo", "the"] }));
        Assert.True(Accepts(new CorpusFilter { OnlySpeakers = ["fsdd/theo"] }));
        Assert.False(Accepts(new CorpusFilter { OnlySpeakers = ["lucas"] }));
    }

    [Fact]
    public void Lengths_are_limited_on_both_sides_and_unknown_ones_pass()
    {
        var filter = new CorpusFilter { MinimumSeconds = 0.5, MaximumSeconds = 2 };
        Assert.True(Accepts(filter, seconds: 0.5));
        Assert.True(Accepts(filter, seconds: 2));
        Assert.False(Accepts(filter, seconds: 0.49));
        Assert.False(Accepts(filter, seconds: 2.01));
        Assert.True(filter.Accepts("c", "s", null));
        Assert.Throws<ArgumentException>(() => (filter with { MaximumSeconds = 0.4 }).Validate());
        Assert.Throws<ArgumentException>(() => (filter with { MinimumSeconds = double.NaN }).Validate());
    }

    [Fact]
    public void A_view_shows_the_accepted_clips_in_order()
    {
        var corpus = new FakeCorpus(
            (FakeCorpus.Entry("a", speaker: "x"), [1f]), (FakeCorpus.Entry("b", speaker: "y"), [2f]), (FakeCorpus.Entry("c", speaker: "x"), [3f, 4f]));
        var view = new CorpusView(corpus, new CorpusFilter { ExcludedSpeakers = ["y"] });
        Assert.Equal((2, 1000), (view.Count, view.SampleRate));
        Assert.Equal("c", view[1].Path);
        using (SampleBuffer read = view.ReadSamples(1)) Assert.Equal([3f, 4f], read.Span.ToArray());
        view.Dispose();
        Assert.True(corpus.Disposed);
    }

    [Fact]
    public void Combined_corpora_follow_each_other()
    {
        var one = new FakeCorpus((FakeCorpus.Entry("a"), [1f]), (FakeCorpus.Entry("b"), [2f]));
        var none = new FakeCorpus();
        var two = new FakeCorpus((FakeCorpus.Entry("c"), [3f]));
        var combined = new CombinedCorpus([one, none, two]);
        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, combined.Count).Select(i => combined[i].Path));
        using (SampleBuffer read = combined.ReadSamples(2)) Assert.Equal(3f, read.Span[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => combined[3]);
        Assert.Throws<ArgumentException>(() => new CombinedCorpus([one, new FakeCorpus { SampleRate = 8000 }]));
        combined.Dispose();
        Assert.True(one.Disposed && two.Disposed);
    }

    [Fact]
    public void A_sample_buffer_may_be_disposed_twice_and_not_used_after_that()
    {
        var buffer = new SampleBuffer(3);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
    }
}
