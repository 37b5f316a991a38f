using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Rescoring;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class PhoneLikelihoodTests
{
    private static readonly Alphabet Five = new(" abcd");

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(30)]
    public void It_is_the_forward_algorithm_over_smoothed_frames(double sharpness)
    {
        Random random = new(7);
        PhoneLikelihood likelihood = new(Five.Size);
        CtcLikelihood reference = new(Five);
        for (int round = 0; round < 200; round++)
        {
            float[] frames = Frames(random, random.Next(1, 40), sharpness);
            likelihood.Load(frames);
            float[] smooth = Smoothed(frames);
            for (int text = 0; text < 5; text++)
            {
                int[] labels = [.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => random.Next(Five.Size))];
                double expected = reference.LogProbability(smooth, labels), found = likelihood.LogProbability(labels);
                if (double.IsNegativeInfinity(expected))
                    Assert.Equal(expected, found);
                else
                    Assert.Equal(expected, found, 1e-4 * Math.Max(1, Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void The_probabilities_of_all_texts_that_fit_add_up_to_one()
    {
        PhoneLikelihood likelihood = new(2);
        Random random = new(3);
        likelihood.Load(Frames(random, 5, 2, classes: 3));
        double sum = 0;
        for (int length = 0; length <= 5; length++)
        {
            for (int text = 0; text < 1 << length; text++)
                sum += Math.Exp(likelihood.LogProbability([.. Enumerable.Range(0, length).Select(i => (text >> i) & 1)]));
        }

        Assert.Equal(1, sum, 1e-6);
    }

    [Fact]
    public void What_does_not_fit_the_frames_is_impossible()
    {
        PhoneLikelihood likelihood = new(Five.Size);
        likelihood.Load(Frames(new Random(1), 3, 1));
        Assert.True(double.IsFinite(likelihood.LogProbability([1, 2, 3])));
        Assert.Equal(double.NegativeInfinity, likelihood.LogProbability([1, 2, 3, 4]));
        Assert.Equal(double.NegativeInfinity, likelihood.LogProbability([1, 1, 2]));
        likelihood.Load([]);
        Assert.Equal(0, likelihood.LogProbability([]));
        Assert.Equal(double.NegativeInfinity, likelihood.LogProbability([1]));
    }

    [Fact]
    public void A_minute_of_certain_frames_stays_in_range()
    {
        const int Frames = 2000, Classes = 6;
        float[] log = new float[Frames * Classes];
        Array.Fill(log, -40);
        int[] labels = new int[Frames / 4];
        for (int t = 0; t < Frames; t++)
            log[(t * Classes) + (t % 4 == 1 ? labels[t / 4] = t / 4 % 5 : 5)] = 0;
        PhoneLikelihood likelihood = new(5);
        likelihood.Load(log);
        double right = likelihood.LogProbability(labels);
        Assert.InRange(right, -1, 0);
        labels[250] = (labels[250] + 2) % 5;
        Assert.InRange(likelihood.LogProbability(labels), right - 40, right - 8);
    }

    private static float[] Frames(Random random, int count, double sharpness, int classes = 6)
    {
        float[] frames = new float[count * classes];
        for (int t = 0; t < count; t++)
        {
            double[] scores = [.. Enumerable.Range(0, classes).Select(_ => sharpness * random.NextDouble())];
            double all = Math.Log(scores.Sum(Math.Exp));
            for (int k = 0; k < classes; k++)
                frames[(t * classes) + k] = (float)(scores[k] - all);
        }

        return frames;
    }

    private static float[] Smoothed(float[] frames) =>
        [.. frames.Select(x => (float)Math.Log(((1 - PhoneLikelihood.Smoothing) * Math.Exp(x)) + (PhoneLikelihood.Smoothing / 6)))];
}
