using DeepSpeechNet.Language;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

public sealed class CorpusDoctorTests
{
    private static float[] Noise(int seed, int length = 1000, float level = 0.3f)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => level * ((2 * random.NextSingle()) - 1))];
    }

    private static CorpusReport Examine(params (CorpusEntry Entry, float[]? Samples)[] clips) =>
        CorpusDoctor.Examine(new FakeCorpus(clips), Alphabet.English);

    private static void Finds(FindingKind kind, string message, CorpusEntry entry, float[]? samples)
    {
        CorpusFinding finding = Assert.Single(Examine((FakeCorpus.Entry("good"), Noise(99)), (entry, samples)).Findings);
        Assert.Equal((kind, 1, entry.Path), (finding.Kind, finding.Clip, finding.Path));
        Assert.Equal(message, finding.Message);
    }

    [Fact]
    public void A_sound_corpus_has_no_findings()
    {
        CorpusReport report = Examine((FakeCorpus.Entry("a"), Noise(1)), (FakeCorpus.Entry("b", speaker: "bob"), Noise(2)));
        Assert.Empty(report.Findings);
        Assert.Equal(new CorpusPart("c", 2, 2, 2, 10), Assert.Single(report.Parts));
        Assert.Equal("2 clips, 0.00 hours\n  c: 2 clips, 0.00 hours, 2 speakers, 5.0 letters a second\nnothing found\n", report.Summary());
    }

    [Fact]
    public void Letters_outside_the_alphabet_are_listed_once() =>
        Finds(FindingKind.UnknownLetter, "The alphabet lacks 'é', '!', '😀'.", FakeCorpus.Entry("a", "café!! 😀!"), Noise(1));

    [Fact]
    public void An_empty_text_is_found() => Finds(FindingKind.EmptyText, "The text is empty, which is right only where nobody speaks: training takes the clip to teach that nothing is to be written.", FakeCorpus.Entry("a", ""), Noise(1));

    [Fact]
    public void A_text_longer_than_its_frames_is_found() =>
        Finds(FindingKind.TextTooLong, "The text needs 51 frames, and the clip has 50.", FakeCorpus.Entry("a", new string('a', 26)), Noise(1));

    [Fact]
    public void A_text_that_just_fits_its_frames_is_good() =>
        Assert.Empty(Examine((FakeCorpus.Entry("a", new string('a', 25) + "b"), Noise(1))).Findings);

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("ab", 2)]
    [InlineData("aa", 3)]
    [InlineData("hello", 6)]
    [InlineData("aaa", 5)]
    public void Frames_needed_are_letters_and_a_blank_between_equal_ones(string text, int frames) => Assert.Equal(frames, CorpusDoctor.FramesNeeded(text));

    [Fact]
    public void A_clipped_clip_is_found()
    {
        float[] samples = Noise(1);
        samples[5] = samples[500] = -1;
        samples[6] = 1;
        Finds(FindingKind.Clipping, "0.30 % of the samples are at full scale.", FakeCorpus.Entry("a"), samples);
    }

    [Fact]
    public void A_silent_clip_is_found() => Finds(FindingKind.Silence, "The loudest sample is 0.0000 of full scale.", FakeCorpus.Entry("a"), new float[1000]);

    [Fact]
    public void A_very_short_clip_is_found() =>
        Finds(FindingKind.OddDuration, "The clip has 0.15 s; usual are 0.2 to 30 s.", FakeCorpus.Entry("a", "a", 0.15), Noise(1, 150));

    [Fact]
    public void A_wrong_stated_length_is_found() =>
        Finds(FindingKind.WrongDuration, "The clip has 1.00 s, and 1.20 s are stated.", FakeCorpus.Entry("a", seconds: 1.2), Noise(1));

    [Fact]
    public void An_unreadable_clip_is_found_and_the_rest_goes_on() =>
        Finds(FindingKind.Unreadable, "fake: the clip is broken.", FakeCorpus.Entry("a"), null);

    [Fact]
    public void The_same_sound_and_the_same_path_are_found()
    {
        CorpusReport report = Examine((FakeCorpus.Entry("a"), Noise(1)), (FakeCorpus.Entry("b"), Noise(2)), (FakeCorpus.Entry("a"), Noise(1)));
        Assert.Equal([FindingKind.DuplicateSound, FindingKind.DuplicatePath], report.Findings.Select(f => f.Kind));
        Assert.Equal(["The sound is that of 'a'.", "The path is that of clip 0 as well."], report.Findings.Select(f => f.Message));
    }

    [Fact]
    public void A_text_far_too_long_or_short_for_its_sound_is_found()
    {
        var clips = Enumerable.Range(0, 40).Select(i => (FakeCorpus.Entry($"{i}", new string('x', 10) + new string('y', i % 5)), (float[]?)Noise(i))).ToList();
        clips.Add((FakeCorpus.Entry("odd", "a"), Noise(77)));
        CorpusFinding finding = Assert.Single(Examine([.. clips]).Findings);
        Assert.Equal((FindingKind.OddSpeakingRate, "odd"), (finding.Kind, finding.Path));
        Assert.Equal("1.0 letters a second, where 12.0 are usual: the text may not belong to the sound.", finding.Message);
    }

    [Fact]
    public void Findings_do_not_depend_on_threads()
    {
        var clips = Enumerable.Range(0, 60).Select(i => (FakeCorpus.Entry($"{i % 50}", i % 7 == 0 ? "ä" : "hello"), (float[]?)Noise(i % 40))).ToArray();
        CorpusReport one = CorpusDoctor.Examine(new FakeCorpus(clips), Alphabet.English, new CorpusDoctorOptions { Threads = 1 });
        CorpusReport four = CorpusDoctor.Examine(new FakeCorpus(clips), Alphabet.English, new CorpusDoctorOptions { Threads = 4 });
        Assert.Equal(one.Findings, four.Findings);
        Assert.Equal(10, one.Counts[FindingKind.DuplicatePath]);
        Assert.Contains("10 x same path twice\n", one.Summary());
    }

    [Fact]
    public void Wrong_options_are_named() =>
        Assert.Contains("FramesPerSecond is 0", Assert.Throws<ArgumentException>(() => new CorpusDoctorOptions { FramesPerSecond = 0 }.Validate()).Message);
}
