using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class SpeechSegmenterTests
{
    private const int Rate = 16000;

    [Fact]
    public void Any_chunking_gives_the_same_segments()
    {
        float[] samples = Conversation();
        List<SpeechSegment> whole = Segments(samples, [samples.Length]);
        Assert.True(whole.Count > 8);
        Random random = new(1);
        for (int round = 0; round < 6; round++)
        {
            int largest = new[] { 1, 7, 160, 1000, 16000, 100_000 }[round];
            int[] sizes = [.. Enumerable.Range(0, 1000).Select(_ => random.Next(1, largest + 1))];
            Assert.Equal(whole, Segments(samples, sizes));
        }
    }

    [Fact]
    public void Segments_cover_the_stream_without_gaps_and_none_is_longer_than_the_cap()
    {
        float[] samples = Conversation();
        List<SpeechSegment> segments = Segments(samples, [4000]);
        long at = 0;
        foreach (SpeechSegment segment in segments)
        {
            Assert.Equal(at, segment.Start);
            Assert.InRange(segment.Length, 1, 20 * Rate);
            Assert.InRange(segment.SpeechStart, segment.Start, segment.SpeechEnd);
            Assert.InRange(segment.SpeechEnd, segment.SpeechStart, segment.End);
            at = segment.End;
        }

        Assert.Equal(samples.Length, at);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-4)]
    [InlineData(0.01)]
    [InlineData(0.3)]
    public void Silence_and_steady_noise_hold_no_speech_and_are_cut_after_2_4_seconds(double deviation)
    {
        float[] samples = TestSignals.WhiteNoise(10 * Rate, deviation);
        List<SpeechSegment> segments = Segments(samples, [1234]);
        Assert.All(segments, s => Assert.False(s.HasSpeech));
        Assert.Equal([2.1, 4.2, 6.3, 8.4, 10.0], segments.Select(s => Math.Round((double)s.End / Rate, 3)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.0005)]
    [InlineData(0.01)]
    public void Speech_between_pauses_is_found_and_cut_in_the_pause(double noise)
    {
        float[] samples = TestSignals.WhiteNoise(9 * Rate, noise);
        Speak(samples, 1.0, 1.5);
        Speak(samples, 4.5, 2.0);
        List<SpeechSegment> segments = Segments(samples, [999]);
        SpeechSegment[] spoken = [.. segments.Where(s => s.HasSpeech)];
        Assert.Equal(2, spoken.Length);
        Near(1.0, spoken[0].SpeechStart);
        Near(2.5, spoken[0].SpeechEnd);
        Near(4.5, spoken[1].SpeechStart);
        Near(6.5, spoken[1].SpeechEnd);

        // 1.2 s after the end of speech, less the 0.3 s that go to the next segment.
        Near(2.5 + 1.2 - 0.3, spoken[0].End);
        Near(6.5 + 1.2 - 0.3, spoken[1].End);
    }

    [Fact]
    public void A_long_segment_ends_after_a_shorter_pause()
    {
        float[] samples = TestSignals.WhiteNoise(20 * Rate, 0.0005);
        Speak(samples, 0.5, 15.5);
        SpeechSegment first = Segments(samples, [999])[0];
        Near(16 + 0.8 - 0.3, first.End);
    }

    [Fact]
    public void Speech_without_pauses_is_cut_at_the_quietest_place_of_the_last_5_seconds()
    {
        float[] samples = TestSignals.WhiteNoise(30 * Rate, 0.0005);
        Speak(samples, 0.5, 29);
        foreach ((double second, double length) in new[] { (10.0, 0.2), (17.3, 0.16), (18.5, 0.08) })
            samples.AsSpan((int)(second * Rate), (int)(length * Rate)).Clear();
        List<SpeechSegment> segments = Segments(samples, [5000]);
        Assert.True(segments[0].HasSpeech);
        Assert.InRange((double)segments[0].End / Rate, 17.33, 17.43);
        Assert.True(segments[1].HasSpeech);
        Assert.Equal(segments[0].End, segments[1].Start);
    }

    [Fact]
    public void A_click_is_not_speech()
    {
        float[] samples = TestSignals.WhiteNoise(5 * Rate, 0.0005);
        samples.AsSpan(2 * Rate, 100).Fill(0.9f);
        samples.AsSpan((2 * Rate) + 50, 50).Fill(-0.9f);
        Assert.All(Segments(samples, [160]), s => Assert.False(s.HasSpeech));
    }

    [Fact]
    public void A_noise_that_grows_louder_is_not_speech()
    {
        float[] samples = TestSignals.WhiteNoise(30 * Rate, 0.0005);
        float[] louder = TestSignals.WhiteNoise(20 * Rate, 0.02, 5);
        louder.CopyTo(samples.AsSpan(10 * Rate));
        Assert.All(Segments(samples, [160]), s => Assert.False(s.HasSpeech));
        SpeechSegmenter loudness = new(new SpeechSegmenterOptions { Detector = SpeechDetectorKind.Loudness }, Rate);
        List<SpeechSegment> segments = Run(loudness, samples, [160]);
        Assert.Contains(segments, s => s.HasSpeech && s.Start < 12 * Rate);
        Assert.All(segments.Where(s => s.Start > 15 * Rate), s => Assert.False(s.HasSpeech));
    }

    [Fact]
    public void A_segment_ended_by_hand_ends_where_the_stream_is_and_the_next_one_follows()
    {
        SpeechSegmenter segmenter = new(new SpeechSegmenterOptions(), Rate);
        float[] samples = TestSignals.WhiteNoise(4 * Rate, 0.0005);
        Speak(samples, 0.5, 3);
        segmenter.EndSegment();
        segmenter.Write(samples.AsSpan(0, (2 * Rate) + 77));
        segmenter.EndSegment();
        segmenter.Write(samples.AsSpan((2 * Rate) + 77));
        segmenter.Complete();
        Assert.True(segmenter.TryRead(out SpeechSegment first));
        Assert.Equal((0L, 2L * Rate, true), (first.Start, first.End, first.HasSpeech));
        Assert.True(segmenter.TryRead(out SpeechSegment second));
        Assert.Equal((2L * Rate, (long)samples.Length, true), (second.Start, second.End, second.HasSpeech));
        Assert.False(segmenter.TryRead(out _));
    }

    [Fact]
    public void A_trimmed_segment_keeps_the_padding_around_its_speech()
    {
        float[] samples = TestSignals.WhiteNoise(6 * Rate, 0.0005);
        Speak(samples, 1.5, 1);
        SpeechSegmenter segmenter = new(new SpeechSegmenterOptions(), Rate);
        segmenter.Write(samples.AsSpan(0, 3 * Rate));
        (long start, long end) = (segmenter.TrimmedStart, segmenter.TrimmedEnd);
        segmenter.Write(samples.AsSpan(3 * Rate));
        segmenter.Complete();
        Assert.True(segmenter.TryRead(out SpeechSegment segment));
        SpeechSegment trimmed = segmenter.Trim(segment);
        Assert.Equal((segment.SpeechStart - (0.3 * Rate), segment.SpeechEnd + (0.3 * Rate)), (trimmed.Start, trimmed.End));
        Assert.Equal((trimmed.Start, trimmed.End), (start, end));
        Assert.True(segmenter.TryRead(out SpeechSegment silent));
        Assert.False(silent.HasSpeech);
        Assert.Equal(silent, segmenter.Trim(silent));
    }

    [Fact]
    public void Bad_samples_an_offset_and_an_empty_stream_do_no_harm()
    {
        float[] samples = TestSignals.WhiteNoise(3 * Rate, 0.0005);
        for (int n = 0; n < samples.Length; n++)
            samples[n] += 0.5f;
        samples[5000] = float.NaN;
        samples[9000] = float.PositiveInfinity;
        Assert.All(Segments(samples, [160]), s => Assert.False(s.HasSpeech));
        Assert.Empty(Segments([], [1]));
        Assert.Single(Segments([0.1f], [1]));
    }

    [Fact]
    public void A_segmenter_can_be_used_for_another_stream()
    {
        SpeechSegmenter segmenter = new(new SpeechSegmenterOptions(), Rate);
        float[] samples = Conversation();
        List<SpeechSegment> first = Run(segmenter, samples, [777]);
        Assert.Equal(first, Run(segmenter, samples, [777]));
        Assert.Equal(0, segmenter.Position);
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        SpeechSegmenterOptions options = new() { LongPauseSeconds = 0.5 };
        ArgumentException error = Assert.Throws<ArgumentException>(() => new SpeechSegmenter(options, Rate));
        Assert.StartsWith("LongPauseSeconds is 0.5", error.Message, StringComparison.Ordinal);
    }

    private static void Near(double seconds, long sample) => Assert.InRange((double)sample / Rate, seconds - 0.08, seconds + 0.08);

    /// <summary>A voice that swells five times a second stands for syllables.</summary>
    private static void Speak(float[] samples, double start, double seconds) => VoicedSyllables.Add(samples, Rate, start, seconds);

    private static float[] Conversation()
    {
        float[] samples = TestSignals.WhiteNoise((60 * Rate) + 123, 0.001);
        (double, double)[] turns = [(0.2, 1), (3, 2), (6, 0.4), (6.9, 0.3), (9, 25), (36, 0.1), (41, 3), (45, 5), (50.9, 4), (58, 2)];
        foreach ((double start, double seconds) in turns)
            Speak(samples, start, seconds);
        return samples;
    }

    private static List<SpeechSegment> Segments(float[] samples, int[] sizes) =>
        Run(new SpeechSegmenter(new SpeechSegmenterOptions(), Rate), samples, sizes);

    private static List<SpeechSegment> Run(SpeechSegmenter segmenter, float[] samples, int[] sizes)
    {
        List<SpeechSegment> segments = [];
        int at = 0;
        for (int i = 0; at < samples.Length; i++)
        {
            int count = Math.Min(sizes[i % sizes.Length], samples.Length - at);
            segmenter.Write(samples.AsSpan(at, count));
            at += count;
            while (segmenter.TryRead(out SpeechSegment segment))
                segments.Add(segment);
        }

        segmenter.Complete();
        while (segmenter.TryRead(out SpeechSegment segment))
            segments.Add(segment);
        return segments;
    }
}
