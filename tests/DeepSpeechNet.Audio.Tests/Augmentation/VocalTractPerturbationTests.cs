using DeepSpeechNet.Audio.Augmentation;
using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Augmentation;

public sealed class VocalTractPerturbationTests
{
    [Theory]
    [InlineData(FeatureKind.LogMel, 900, 0.9)]
    [InlineData(FeatureKind.LogMel, 2500, 1.1)]
    [InlineData(FeatureKind.LogSpectrogram, 1500, 0.9)]
    [InlineData(FeatureKind.LogSpectrogram, 3000, 1.1)]
    public void A_tone_looks_like_the_tone_whose_frequency_is_the_factor_less(FeatureKind feature, double hertz, double factor)
    {
        FrontEndOptions frontEnd = new() { Feature = feature, Normalisation = FeatureNormalisation.None, Floor = 1e-3f };
        VocalTractOptions options = new() { Probability = 1, Low = factor, High = factor };
        FeatureExtractor extractor = new(frontEnd);
        float[] warped = Features(extractor, hertz), wanted = Features(extractor, hertz / factor);
        int count = extractor.FeatureCount, frames = warped.Length / count;
        Assert.Equal(factor, new VocalTractPerturbation(options, frontEnd).Apply(warped, frames, 7));
        for (int t = 0; t < frames; t++)
        {
            int peak = Peak(warped.AsSpan(t * count, count)), expected = Peak(wanted.AsSpan(t * count, count));
            Assert.InRange(peak, expected - 1, expected + 1);
        }
    }

    [Theory]
    [InlineData(0.85)]
    [InlineData(1)]
    [InlineData(1.2)]
    public void The_warp_is_even_below_a_corner_and_ends_at_the_Nyquist_frequency(double factor)
    {
        VocalTractPerturbation perturbation = new(new VocalTractOptions(), new FrontEndOptions());
        Assert.Equal(0, perturbation.Warp(0, factor));
        Assert.Equal(1000 * factor, perturbation.Warp(1000, factor), 1e-9);
        Assert.Equal(8000, perturbation.Warp(8000, factor), 1e-9);
        for (int hertz = 0; hertz < 8000; hertz += 10)
            Assert.InRange(perturbation.Warp(hertz + 10, factor) - perturbation.Warp(hertz, factor), 0.1, 30);
    }

    [Fact]
    public void Slopes_are_warped_as_the_features_are()
    {
        FrontEndOptions frontEnd = new() { MelBins = 20, Deltas = 2 };
        VocalTractPerturbation perturbation = new(new VocalTractOptions { Probability = 1 }, frontEnd);
        float[] frames = [.. Enumerable.Range(0, 60 * 3).Select(i => (float)(i % 20 * (i % 20)))];
        perturbation.Apply(frames, 3, 11);
        for (int i = 20; i < frames.Length; i++)
            Assert.Equal(frames[i % 20], frames[i]);
        Assert.NotEqual(25, frames[5]);
    }

    [Fact]
    public void Utterances_are_changed_as_often_as_asked_for_and_alike_for_one_seed()
    {
        VocalTractPerturbation perturbation = new(new VocalTractOptions { Probability = 0.3 }, new FrontEndOptions());
        double[] factors = [.. Enumerable.Range(0, 500).Select(seed => perturbation.Apply(new float[80], 1, (ulong)seed))];
        Assert.InRange(factors.Count(f => f != 1), 100, 200);
        Assert.All(factors, f => Assert.InRange(f, 0.9, 1.1));
        Assert.Equal(factors[..20], Enumerable.Range(0, 20).Select(seed => perturbation.Apply([], 0, (ulong)seed)));
    }

    [Fact]
    public void Cepstra_are_refused()
    {
        FrontEndOptions cepstra = new() { Feature = FeatureKind.Mfcc };
        _ = new VocalTractPerturbation(new VocalTractOptions(), cepstra);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new VocalTractPerturbation(new VocalTractOptions { Probability = 0.5 }, cepstra));
        Assert.Contains("VocalTract", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new VocalTractPerturbation(new VocalTractOptions(), new FrontEndOptions()).Apply(new float[79], 1, 0));
    }

    private static float[] Features(FeatureExtractor extractor, double hertz)
    {
        float[] tone = [.. Enumerable.Range(0, 1600).Select(n => (float)(0.5 * Math.Sin(2 * Math.PI * hertz * n / 16000)))];
        float[] frames = new float[extractor.FrameCount(tone.Length) * extractor.FeatureCount];
        extractor.Compute(tone, frames);
        return frames;
    }

    private static int Peak(ReadOnlySpan<float> frame)
    {
        int best = 0;
        for (int i = 1; i < frame.Length; i++)
            best = frame[i] > frame[best] ? i : best;
        return best;
    }
}
