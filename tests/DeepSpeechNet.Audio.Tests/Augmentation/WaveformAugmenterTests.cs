using System.Text.Json;
using DeepSpeechNet.Audio.Augmentation;
using DeepSpeechNet.Audio.Tests.Processing;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Audio.Tests.Augmentation;

public sealed class WaveformAugmenterTests
{
    [Fact]
    public void The_result_depends_on_samples_and_seed_alone()
    {
        float[][] clips = [TestSignals.WhiteNoise(30000, 0.1)];
        WaveformAugmenter used = new(new AugmentationOptions(), 16000, clips);
        HashSet<float> firsts = [];
        for (int i = 0; i < 20; i++)
        {
            float[] samples = TestSignals.SpeechLike(16000, 0.3 + (0.02 * i), i);
            ulong seed = WaveformAugmenter.Seed(7, 3, i);
            float[] first = used.Apply(samples, seed).ToArray();
            float[] second = new WaveformAugmenter(new AugmentationOptions(), 16000, clips).Apply(samples, seed).ToArray();
            Assert.Equal(first, second);
            Assert.All(first, x => Assert.InRange(x, -1f, 1f));
            firsts.Add(first[1000]);
        }

        Assert.True(firsts.Count > 10);
    }

    [Fact]
    public void Epochs_and_utterances_have_seeds_of_their_own()
    {
        HashSet<ulong> seeds = [];
        for (int epoch = 0; epoch < 30; epoch++)
        {
            for (int utterance = 0; utterance < 30; utterance++)
                seeds.Add(WaveformAugmenter.Seed(1, epoch, utterance));
        }

        Assert.Equal(900, seeds.Count);
    }

    [Fact]
    public void Turning_one_change_off_leaves_the_others()
    {
        float[] samples = TestSignals.SpeechLike(16000, 0.5);
        AugmentationOptions volume = AugmentationOptions.None with { Volume = new VolumeOptions { Probability = 1, HighDecibels = 0 } };
        AugmentationOptions both = volume with { TimeShift = new TimeShiftOptions { Probability = 1 } };
        float[] one = new WaveformAugmenter(volume, 16000).Apply(samples, 5).ToArray();
        float[] two = new WaveformAugmenter(both, 16000).Apply(samples, 5).ToArray();
        Assert.Equal(one.Max(), two.Max(), 1e-6);
    }

    [Fact]
    public void Silence_of_every_length_up_to_the_longest_comes_before_and_after_and_the_utterance_stays_whole()
    {
        float[] samples = TestSignals.SpeechLike(4000, 0.5);
        AugmentationOptions options = AugmentationOptions.None with { Padding = new SilencePaddingOptions { Probability = 1, Seconds = 0.1 } };
        WaveformAugmenter augmenter = new(options, 16000);
        HashSet<int> starts = [];
        int digital = 0, hissing = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            float[] result = augmenter.Apply(samples, seed).ToArray();
            int start = result.AsSpan().IndexOf(samples);
            Assert.InRange(start, 0, 1600);
            Assert.InRange(result.Length - start - samples.Length, 0, 1600);
            starts.Add(start);
            float loudest = result.Take(start).Select(Math.Abs).DefaultIfEmpty().Max();
            Assert.InRange(loudest, 0f, 0.02f);
            if (loudest == 0)
                digital++;
            else
                hissing++;
        }

        Assert.True(starts.Count > 150 && starts.Min() < 80 && starts.Max() > 1520);
        Assert.InRange(digital, 30, 90);
        Assert.InRange(hissing, 110, 170);
    }

    [Fact]
    public void None_changes_nothing()
    {
        float[] samples = TestSignals.SpeechLike(16000, 0.5);
        WaveformAugmenter augmenter = new(AugmentationOptions.None, 16000);
        for (ulong seed = 0; seed < 10; seed++)
            Assert.Equal(samples, augmenter.Apply(samples, seed).ToArray());
    }

    [Fact]
    public void Each_change_happens_as_often_as_asked()
    {
        AugmentationOptions options = AugmentationOptions.None with { Volume = new VolumeOptions { Probability = 0.3, HighDecibels = -1 } };
        WaveformAugmenter augmenter = new(options, 16000);
        float[] samples = [0.5f];
        int changed = Enumerable.Range(0, 2000).Count(i => augmenter.Apply(samples, WaveformAugmenter.Seed(1, 0, i))[0] != 0.5f);
        Assert.InRange(changed, 520, 680);
    }

    [Fact]
    public void Options_survive_json_and_name_what_is_wrong()
    {
        AugmentationOptions options = new() { Noise = new NoiseOptions { LowDecibels = 3 } };
        Assert.Equal(options, JsonSerializer.Deserialize<AugmentationOptions>(JsonSerializer.Serialize(options)));
        options.Validate();
        AugmentationOptions wrong = new() { Noise = new NoiseOptions { Probability = 2 } };
        Assert.StartsWith("Noise.Probability is 2", Assert.Throws<ArgumentException>(wrong.Validate).Message, StringComparison.Ordinal);
        wrong = new() { Speed = new SpeedOptions { Low = 1.2 } };
        Assert.StartsWith("Speed.Low is 1.2 and High is 1.1", Assert.Throws<ArgumentException>(wrong.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_allocated_after_warm_up()
    {
        float[] samples = TestSignals.SpeechLike(16000, 1);
        WaveformAugmenter augmenter = new(new AugmentationOptions(), 16000, [TestSignals.WhiteNoise(30000, 0.1)]);
        long least = Allocation.Least(() =>
        {
            for (ulong seed = 0; seed < 60; seed++)
                augmenter.Apply(samples, seed);
        });
        Assert.Equal(0, least);
    }
}
