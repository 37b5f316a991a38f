using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Scorers;

namespace DeepSpeechNet.Language.Tests.Decoding.Scorers;

public sealed class PhonePathsTests
{
    private static readonly Alphabet Five = new(" abcd");

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Word_after_word_it_is_the_forward_algorithm_over_smoothed_frames(double sharpness)
    {
        Random random = new(7);
        PhonePaths paths = new(Five.Size);
        CtcLikelihood reference = new(Five);
        int compared = 0;
        for (int round = 0; round < 200; round++)
        {
            int count = random.Next(1, 40);
            float[] frames = Frames(random, count, sharpness);
            paths.Load(frames);
            float[] smooth = Smoothed(frames, Five.Size);
            for (int text = 0; text < 5; text++)
            {
                int[] labels = [.. Enumerable.Range(0, random.Next(0, (count / 2) + 1)).Select(_ => random.Next(Five.Size))];
                double expected = reference.LogProbability(smooth, labels), found = paths.LogProbability(Say(paths, labels, random));

                // What is all but impossible, as its phones ended long ago if ever, may come out lower still.
                double peak = Enumerable.Range(1, frames.Length / Five.ClassCount).Max(t => reference.LogProbability(smooth.AsSpan(0, t * Five.ClassCount), labels));
                if (expected > peak - 10 || double.IsNegativeInfinity(expected))
                {
                    AssertClose(expected, found);
                    compared += double.IsNegativeInfinity(expected) ? 0 : 1;
                }
                else
                {
                    Assert.InRange(found, double.MinValue, expected + 1e-3);
                }
            }
        }

        Assert.True(compared > 300, $"{compared} of 1000 were compared");
    }

    [Fact]
    public void Around_a_frame_the_best_one_counts()
    {
        Random random = new(8);
        PhonePaths paths = new(Five.Size);
        CtcLikelihood reference = new(Five);
        for (int round = 0; round < 50; round++)
        {
            float[] frames = Frames(random, 20, 4);
            paths.Load(frames);
            float[] smooth = Smoothed(frames, Five.Size);
            int[] labels = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(Five.Size))];
            PhoneEnds ends = Say(paths, labels, random);
            for (int first = 10; first < 20; first++)
            {
                double best = Enumerable.Range(first, 20 - first).Take(4).Max(t => reference.LogProbability(smooth.AsSpan(0, (t + 1) * Five.ClassCount), labels));
                double found = PhonePaths.LogProbability(ends, first, first + 3);
                if (best > ends.LogScale - 20)
                    AssertClose(best, found);
                else
                    Assert.True(found < ends.LogScale - 19);
                Assert.Equal(found, PhonePaths.LogProbability(ends, first, first + 3, found - 1));
                Assert.Equal(found + 1, PhonePaths.LogProbability(ends, first, first + 3, found + 1));
            }

            Assert.True(PhonePaths.LogProbability(ends, -9, -5) < -25);
            Assert.True(PhonePaths.LogProbability(ends, 50, 60) < -25);
        }
    }

    [Fact]
    public void The_probabilities_of_all_texts_that_fit_add_up_to_one()
    {
        PhonePaths paths = new(2);
        Random random = new(3);
        paths.Load(Frames(random, 5, 2, classes: 3));
        double sum = 0;
        for (int length = 0; length <= 5; length++)
        {
            for (int text = 0; text < 1 << length; text++)
                sum += Math.Exp(paths.LogProbability(Say(paths, [.. Enumerable.Range(0, length).Select(i => (text >> i) & 1)], random)));
        }

        Assert.Equal(1, sum, 1e-6);
    }

    [Fact]
    public void What_does_not_fit_the_frames_is_impossible()
    {
        PhonePaths paths = new(Five.Size);
        Random random = new(1);
        paths.Load(Frames(random, 3, 1));
        Assert.True(double.IsFinite(paths.LogProbability(Say(paths, [1, 2, 3], random))));
        Assert.Equal(double.NegativeInfinity, paths.LogProbability(Say(paths, [1, 2, 3, 4], random)));
        Assert.Equal(double.NegativeInfinity, paths.LogProbability(Say(paths, [1, 1, 2], random)));
        paths.Load([]);
        Assert.Equal(0, paths.LogProbability(Say(paths, [], random)));
        Assert.Equal(double.NegativeInfinity, paths.LogProbability(Say(paths, [1], random)));
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
        PhonePaths paths = new(5);
        paths.Load(log);
        double right = paths.LogProbability(paths.Extend(paths.Begin(), labels));
        Assert.InRange(right, -1, 0);
        Assert.Equal(right, paths.LogProbability(Say(paths, labels, new Random(2))), 1e-6);
        labels[250] = (labels[250] + 2) % 5;
        Assert.InRange(paths.LogProbability(Say(paths, labels, new Random(2))), right - 40, right - 8);
    }

    [Fact]
    public void What_somebody_holds_is_not_given_out_again()
    {
        PhonePaths paths = new(Five.Size);
        paths.Load(Frames(new Random(1), 12, 3));
        PhoneEnds begin = paths.Begin(), one = paths.Extend(begin, [1]), same = paths.Extend(one, []);
        Assert.Same(one, same);
        double before = paths.LogProbability(one);
        paths.Release(one);
        PhoneEnds other = paths.Extend(begin, [2, 3]);
        Assert.NotSame(one, other);
        Assert.Equal(before, paths.LogProbability(one));
        paths.Release(one);
        Assert.Same(one, paths.Extend(begin, [4]));
    }

    internal static float[] Frames(Random random, int count, double sharpness, int classes = 6)
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

    internal static float[] Smoothed(float[] frames, int phones) =>
        [.. frames.Select(x => (float)Math.Log(((1 - PhonePaths.Smoothing) * Math.Exp(x)) + (PhonePaths.Smoothing / (phones + 1))))];

    private static void AssertClose(double expected, double found)
    {
        if (double.IsNegativeInfinity(expected))
            Assert.Equal(expected, found);
        else
            Assert.Equal(expected, found, 1e-4 * Math.Max(1, Math.Abs(expected)));
    }

    /// <summary>Phones in pieces of random lengths.</summary>
    private static PhoneEnds Say(PhonePaths paths, ReadOnlySpan<int> phones, Random random)
    {
        PhoneEnds ends = paths.Begin();
        while (!phones.IsEmpty)
        {
            int piece = random.Next(1, Math.Min(5, phones.Length) + 1);
            PhoneEnds next = paths.Extend(ends, phones[..piece]);
            paths.Release(ends);
            ends = next;
            phones = phones[piece..];
        }

        return ends;
    }
}
