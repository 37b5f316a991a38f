using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class NormaliserTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(100, 17)]
    [InlineData(333, 80)]
    public void An_utterance_gets_mean_zero_and_variance_one(int count, int features)
    {
        float[] frames = TestSignals.WhiteNoise(count * features, 3);
        for (int i = 0; i < frames.Length; i++)
            frames[i] += i % features - 20;
        double[] expected = new double[frames.Length];
        for (int feature = 0; feature < features; feature++)
        {
            double[] column = [.. Enumerable.Range(0, count).Select(t => (double)frames[(t * features) + feature])];
            double mean = column.Average();
            double variance = column.Select(x => (x - mean) * (x - mean)).Average();
            for (int t = 0; t < count; t++)
                expected[(t * features) + feature] = (column[t] - mean) / Math.Sqrt(variance + 1e-5);
        }

        UtteranceNormaliser.Apply(frames, features);
        for (int i = 0; i < frames.Length; i++)
            Assert.Equal(expected[i], frames[i], 1e-4);
    }

    [Fact]
    public void A_constant_feature_becomes_zero()
    {
        float[] frames = [-23.03f, 1, -23.03f, 3, -23.03f, 5];
        UtteranceNormaliser.Apply(frames, 2);
        Assert.Equal([0, 0, 0], [frames[0], frames[2], frames[4]]);
        Assert.Equal(1.2247, frames[5], 1e-3);
        UtteranceNormaliser.Apply([], 2);
        Assert.Throws<ArgumentException>(() => UtteranceNormaliser.Apply(frames, 4));
    }

    [Fact]
    public void The_running_normaliser_follows_its_recurrence_in_chunks_of_any_size()
    {
        float[] frames = TestSignals.WhiteNoise(400 * 3, 2);
        double[] expected = new double[frames.Length];
        for (int feature = 0; feature < 3; feature++)
        {
            double mean = 0;
            double variance = 0;
            for (int t = 0; t < 400; t++)
            {
                double x = frames[(t * 3) + feature];
                double weight = Math.Max(1.0 / (t + 1), 1.0 / 50);
                variance = (1 - weight) * (variance + (weight * (x - mean) * (x - mean)));
                mean += weight * (x - mean);
                expected[(t * 3) + feature] = (x - mean) / Math.Sqrt(variance + 1e-5);
            }
        }

        foreach (int chunk in new[] { 1, 7, 400 })
        {
            RunningNormaliser normaliser = new(3, 50);
            float[] copy = [.. frames];
            for (int t = 0; t < 400; t += chunk)
                normaliser.Apply(copy.AsSpan(t * 3, Math.Min(chunk, 400 - t) * 3));
            for (int i = 0; i < copy.Length; i++)
                Assert.Equal(expected[i], copy[i], 1e-4);
        }
    }

    [Fact]
    public void Up_to_its_memory_the_running_statistics_are_those_of_all_frames()
    {
        float[] frames = TestSignals.WhiteNoise(60, 2);
        float[] copy = [.. frames];
        new RunningNormaliser(1, 100).Apply(copy);
        double mean = frames.Average(x => (double)x);
        double deviation = Math.Sqrt(frames.Average(x => (x - mean) * (x - mean)) + 1e-5);
        Assert.Equal((frames[^1] - mean) / deviation, copy[^1], 1e-4);
    }

    [Fact]
    public void A_normaliser_that_was_reset_starts_afresh()
    {
        RunningNormaliser normaliser = new(1, 10);
        float[] first = [1, 2, 5];
        normaliser.Apply(first);
        normaliser.Reset();
        float[] second = [1, 2, 5];
        normaliser.Apply(second);
        Assert.Equal(first, second);
        Assert.Equal(0, first[0]);
    }
}
