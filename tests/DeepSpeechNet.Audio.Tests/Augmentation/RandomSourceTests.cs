using DeepSpeechNet.Audio.Augmentation;

namespace DeepSpeechNet.Audio.Tests.Augmentation;

public sealed class RandomSourceTests
{
    [Fact]
    public void The_stream_is_SplitMix64()
    {
        // The first values of the published generator for seed 1234567.
        RandomSource random = new(1234567);
        Assert.Equal(6457827717110365317UL, random.NextBits());
        Assert.Equal(3203168211198807973UL, random.NextBits());
        Assert.Equal(9817491932198370423UL, random.NextBits());
    }

    [Fact]
    public void Moments_are_those_of_the_distributions()
    {
        RandomSource random = new(1);
        double sum = 0;
        double square = 0;
        double fourth = 0;
        double uniform = 0;
        int[] dice = new int[6];
        for (int i = 0; i < 120_000; i++)
        {
            double x = random.NextGaussian();
            sum += x;
            square += x * x;
            fourth += x * x * x * x;
            uniform += random.NextUniform(2, 4);
            dice[random.NextInt(6)]++;
        }

        Assert.Equal(0, sum / 120_000, 0.02);
        Assert.Equal(1, square / 120_000, 0.02);
        Assert.Equal(2.7, fourth / 120_000, 0.1);
        Assert.Equal(3, uniform / 120_000, 0.01);
        Assert.All(dice, count => Assert.InRange(count, 19_300, 20_700));
        Assert.Throws<ArgumentException>(() => random.NextInt(0));
    }
}
