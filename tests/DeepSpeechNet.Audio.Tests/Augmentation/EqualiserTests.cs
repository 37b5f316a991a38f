using DeepSpeechNet.Audio.Augmentation;
using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Augmentation;

public sealed class EqualiserTests
{
    private const int Rate = 16000;

    [Theory]
    [InlineData(700)]
    [InlineData(2000)]
    [InlineData(5000)]
    public void A_tone_is_as_much_louder_as_the_curve_says(double hertz)
    {
        Equaliser equaliser = new(new EqualiserOptions { Decibels = 6, LowCorners = 3, HighCorners = 3 }, Rate);
        HashSet<double> gains = [];
        for (ulong seed = 0; seed < 40; seed++)
        {
            float[] tone = [.. Enumerable.Range(0, 8000).Select(n => (float)(0.1 * Math.Sin(2 * Math.PI * hertz * n / Rate)))];
            IReadOnlyList<(double Hertz, double Decibels)> curve = equaliser.Apply(tone, new RandomSource(seed));
            Assert.Equal((0, 8000), (curve[0].Hertz, Math.Round(curve[^1].Hertz, 6)));
            Assert.All(curve, c => Assert.InRange(c.Decibels, -6, 6));

            // A corner within the filter's resolution of the tone is rounded off.
            if (Math.Abs(curve[1].Hertz - hertz) < 300)
                continue;
            double measured = 10 * Math.Log10(tone[500..^500].Average(x => (double)x * x) / (0.1 * 0.1 / 2));
            Assert.Equal(Expected(curve, hertz), measured, 0.3);
            gains.Add(Math.Round(measured, 1));
        }

        Assert.True(gains.Count > 20, $"only {gains.Count} different gains");
    }

    [Fact]
    public void An_even_curve_leaves_the_sound_and_its_place()
    {
        float[] samples = [.. Enumerable.Range(0, 3000).Select(n => (float)Math.Sin(n * n * 1e-3))];
        float[] same = [.. samples];
        new Equaliser(new EqualiserOptions { Decibels = 0 }, Rate).Apply(same, new RandomSource(3));
        for (int n = 0; n < samples.Length; n++)
            Assert.Equal(samples[n], same[n], 1e-5);
    }

    [Fact]
    public void Training_asks_for_it_by_its_probability()
    {
        AugmentationOptions options = AugmentationOptions.None with { Equaliser = new EqualiserOptions { Probability = 0.5 } };
        WaveformAugmenter augmenter = new(options, Rate);
        float[] samples = [.. Enumerable.Range(0, 2000).Select(n => (float)(0.1 * Math.Sin(n * 0.3)))];
        int changed = Enumerable.Range(0, 100).Count(seed => !augmenter.Apply(samples, (ulong)seed).SequenceEqual(samples));
        Assert.InRange(changed, 30, 70);
    }

    private static double Expected(IReadOnlyList<(double Hertz, double Decibels)> curve, double hertz)
    {
        int i = hertz < curve[1].Hertz ? 0 : 1;
        double from = MelFilterBank.Mel(curve[i].Hertz), to = MelFilterBank.Mel(curve[i + 1].Hertz);
        return curve[i].Decibels + ((MelFilterBank.Mel(hertz) - from) / (to - from) * (curve[i + 1].Decibels - curve[i].Decibels));
    }
}
