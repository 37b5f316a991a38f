using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class StreamingFeatureExtractorTests
{
    public static TheoryData<int> Deltas => [0, 1, 2];

    [Theory]
    [MemberData(nameof(Deltas))]
    public void Chunks_give_exactly_the_frames_of_the_whole(int deltas)
    {
        FrontEndOptions[] all =
        [
            FrontEndOptions.Kaldi with { Deltas = deltas },
            new() { Deltas = deltas, Normalisation = FeatureNormalisation.Running },
            new() { Deltas = deltas, Normalisation = FeatureNormalisation.None, HopSeconds = 0.04, MelBins = 20 },
            new() { Deltas = deltas, Normalisation = FeatureNormalisation.None, Feature = FeatureKind.Mfcc, HopSeconds = 0.003 },
        ];
        float[] samples = TestSignals.SpeechLike(16000, 1.1);
        foreach (FrontEndOptions options in all)
        {
            float[] whole = Whole(options, samples);
            StreamingFeatureExtractor stream = new(options);
            for (int round = 0; round < 6; round++)
            {
                int[] sizes = round switch { 0 => [samples.Length], 1 => [160], 2 => [37], 3 => [5000, 1, 399, 401], 4 => [8000], _ => [1] };
                stream.Reset();
                Assert.Equal(whole, Stream(stream, samples, sizes));
            }
        }
    }

    [Fact]
    public void Per_utterance_normalisation_is_left_to_the_caller()
    {
        FrontEndOptions options = new() { Deltas = 1 };
        float[] samples = TestSignals.SpeechLike(16000, 0.8);
        float[] frames = Stream(new StreamingFeatureExtractor(options), samples, [777]);
        UtteranceNormaliser.Apply(frames, 160);
        Assert.Equal(Whole(options, samples), frames);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(399)]
    [InlineData(400)]
    [InlineData(720)]
    public void Short_streams_match_too(int count)
    {
        FrontEndOptions options = FrontEndOptions.Kaldi with { Deltas = 2 };
        float[] samples = TestSignals.WhiteNoise(count, 0.1);
        Assert.Equal(Whole(options, samples), Stream(new StreamingFeatureExtractor(options), samples, [100]));
    }

    [Fact]
    public void Frames_come_as_soon_as_their_samples_and_slopes_are_there()
    {
        StreamingFeatureExtractor plain = new(new FrontEndOptions());
        plain.Write(new float[399]);
        Assert.Equal(0, plain.Available);
        plain.Write(new float[1]);
        Assert.Equal(1, plain.Available);

        StreamingFeatureExtractor slopes = new(new FrontEndOptions { Deltas = 2 });
        slopes.Write(new float[400 + (3 * 160)]);
        Assert.Equal(0, slopes.Available);
        slopes.Write(new float[160]);
        Assert.Equal(1, slopes.Available);
        slopes.Complete();
        Assert.Equal(5, slopes.Available);
        Assert.Throws<InvalidOperationException>(() => slopes.Write(new float[1]));
    }

    [Fact]
    public void A_long_stream_allocates_nothing_after_its_first_second()
    {
        StreamingFeatureExtractor stream = new(new FrontEndOptions { Deltas = 2, Normalisation = FeatureNormalisation.Running });
        float[] chunk = TestSignals.WhiteNoise(1600, 0.1);
        float[] frames = new float[50 * stream.FeatureCount];
        void Second()
        {
            for (int i = 0; i < 10; i++)
            {
                stream.Write(chunk);
                stream.Read(frames);
            }
        }

        Second();
        long least = Allocation.Least(
            () =>
            {
                for (int i = 0; i < 29; i++)
                    Second();
            },
            runs: 5);
        Assert.Equal(0, least);
    }

    private static float[] Whole(FrontEndOptions options, float[] samples)
    {
        FeatureExtractor extractor = new(options);
        float[] frames = new float[extractor.FrameCount(samples.Length) * extractor.FeatureCount];
        extractor.Compute(samples, frames);
        return frames;
    }

    private static float[] Stream(StreamingFeatureExtractor stream, float[] samples, int[] sizes)
    {
        List<float> result = [];
        float[] frames = new float[3 * stream.FeatureCount];
        int at = 0;
        for (int i = 0; at < samples.Length; i++)
        {
            int count = Math.Min(sizes[i % sizes.Length], samples.Length - at);
            stream.Write(samples.AsSpan(at, count));
            at += count;
            if (at == samples.Length)
                stream.Complete();

            // Now and then frames are left lying.
            while (stream.Available > i % 4 || (at == samples.Length && stream.Available > 0))
                result.AddRange(frames.AsSpan(0, stream.Read(frames) * stream.FeatureCount));
        }

        return [.. result];
    }
}
