using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Tests.Training;

public sealed class WordSamplerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0.75)]
    [InlineData(0)]
    public void Words_come_as_often_as_their_probabilities_say(double power)
    {
        long[] counts = [500, 0, 20, 100, 1, 379];
        WordSampler sampler = WordSampler.Unigram(counts, power);
        double total = counts.Sum(c => Math.Pow(Math.Max(1, c), power));
        int[] samples = new int[200_000];
        sampler.Draw(7, samples);
        for (int w = 0; w < counts.Length; w++)
        {
            double p = Math.Pow(Math.Max(1, counts[w]), power) / total;
            Assert.Equal(Math.Log(p), sampler.LogProbabilities[w], 1e-5);

            // Five standard deviations.
            Assert.Equal(p, samples.Count(s => s == w) / 200_000.0, (5 * Math.Sqrt(p * (1 - p) / 200_000)) + 1e-9);
        }
    }

    [Fact]
    public void The_log_uniform_distribution_favours_the_first_words()
    {
        WordSampler sampler = WordSampler.LogUniform(1000);
        Assert.Equal(1, sampler.LogProbabilities.ToArray().Sum(p => Math.Exp(p)), 1e-5);
        Assert.Equal(Math.Log(Math.Log(2) / Math.Log(1001)), sampler.LogProbabilities[0], 1e-5);
        int[] samples = new int[100_000];
        sampler.Draw(1, samples);
        Assert.Equal(Math.Log(2) / Math.Log(1001), samples.Count(s => s == 0) / 100_000.0, 0.01);
        Assert.InRange(samples.Max(), 900, 999);
    }

    [Fact]
    public void A_seed_draws_the_same_words_again()
    {
        WordSampler sampler = WordSampler.LogUniform(5000);
        int[] first = new int[100], again = new int[100], other = new int[100];
        sampler.Draw(3, first);
        sampler.Draw(3, again);
        sampler.Draw(4, other);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Bad_counts_and_powers_are_refused()
    {
        Assert.Throws<ArgumentException>(() => WordSampler.Unigram([]));
        Assert.Throws<ArgumentException>(() => WordSampler.Unigram([1, -1]));
        Assert.Throws<ArgumentException>(() => WordSampler.Unigram([1, 1], double.NaN));
        Assert.Throws<ArgumentException>(() => WordSampler.LogUniform(0));
    }
}
