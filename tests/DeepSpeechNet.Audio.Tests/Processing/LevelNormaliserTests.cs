using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class LevelNormaliserTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void It_is_its_formula(int count)
    {
        Random random = new(count);
        float[] frames = [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 30) - 25))];
        double level = Math.Log(frames.Average(x => Math.Exp(x)));
        double[] expected = [.. frames.Select(x => (Math.Max(x - level, -12) + 5) / 3)];

        LevelNormaliser.Apply(frames);

        for (int i = 0; i < count; i++)
            Assert.Equal(expected[i], frames[i], 1e-5);
    }

    [Fact]
    public void A_louder_recording_gives_the_same_features()
    {
        FeatureExtractor extractor = new(new FrontEndOptions { Normalisation = FeatureNormalisation.Level });
        float[] loud = TestSignals.SpeechLike(16000, 0.5), soft = [.. loud.Select(x => 0.1f * x)];
        float[] a = new float[extractor.FrameCount(soft.Length) * 80], b = new float[a.Length];
        extractor.Compute(soft, a);
        extractor.Compute(loud, b);

        // What lies at the floor in the soft one may rise above it in the loud one; what is heard must agree.
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] > -1)
                Assert.Equal(a[i], b[i], 2e-3);
        }

        Assert.Contains(a, x => x > 1);
    }

    [Fact]
    public void Digital_silence_around_an_utterance_moves_it_by_the_logarithm_of_its_share_alone()
    {
        FeatureExtractor extractor = new(new FrontEndOptions { Normalisation = FeatureNormalisation.Level });
        float[] tight = TestSignals.SpeechLike(16000, 0.5);
        float[] wide = [.. new float[8000], .. tight, .. new float[8000]];
        float[] a = new float[extractor.FrameCount(tight.Length) * 80], b = new float[extractor.FrameCount(wide.Length) * 80];
        extractor.Compute(tight, a);
        extractor.Compute(wide, b);

        int offset = 50 * 80;
        double most = 0;
        for (int i = 0; i < a.Length; i++)
            most = Math.Max(most, Math.Abs(a[i] - b[offset + i]));
        Assert.Equal(Math.Log((b.Length / 80.0) / (a.Length / 80.0)) / 3, most, 1e-2);
    }

    [Fact]
    public void No_frames_and_frames_that_are_no_numbers_are_left_alone()
    {
        LevelNormaliser.Apply([]);
        float[] frames = [1, float.PositiveInfinity, 2];
        LevelNormaliser.Apply(frames);
        Assert.Equal([1, float.PositiveInfinity, 2], frames);
    }

    [Fact]
    public void It_is_refused_for_features_that_are_no_logarithms_of_energies()
    {
        Assert.Throws<ArgumentException>(new FrontEndOptions { Normalisation = FeatureNormalisation.Level, Feature = FeatureKind.Mfcc }.Validate);
        Assert.Throws<ArgumentException>(new FrontEndOptions { Normalisation = FeatureNormalisation.Level, Deltas = 1 }.Validate);
        new FrontEndOptions { Normalisation = FeatureNormalisation.Level, Feature = FeatureKind.LogSpectrogram }.Validate();
    }
}
