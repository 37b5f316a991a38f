using DeepSpeechNet.Audio.Augmentation;

namespace DeepSpeechNet.Audio.Tests.Augmentation;

public sealed class SpecAugmentTests
{
    [Fact]
    public void Masks_are_whole_bands_and_whole_frames_within_their_widths()
    {
        SpecAugmentOptions options = new()
        {
            FrequencyMasks = 1,
            FrequencyWidth = 10,
            TimeMasks = 1,
            TimeWidth = 20,
            TimeShare = 0.1,
            Fill = -9,
        };
        SpecAugment augment = new(options);
        HashSet<int> bandWidths = [];
        HashSet<int> frameWidths = [];
        for (ulong seed = 0; seed < 500; seed++)
        {
            float[] frames = new float[(150 * 40) + 1];
            augment.Apply(frames, 150, 40, seed);
            Assert.Equal(0, frames[^1]);
            int[] bands = [.. Enumerable.Range(0, 40).Where(f => Enumerable.Range(0, 150).All(t => frames[(t * 40) + f] == -9))];
            int[] times = [.. Enumerable.Range(0, 150).Where(t => Enumerable.Range(0, 40).All(f => frames[(t * 40) + f] == -9))];
            Assert.Equal((bands.Length * 150) + (times.Length * 40) - (bands.Length * times.Length), frames.Count(x => x == -9));
            if (bands.Length > 0)
                Assert.Equal(bands.Length, bands[^1] - bands[0] + 1);
            if (times.Length > 0)
                Assert.Equal(times.Length, times[^1] - times[0] + 1);
            bandWidths.Add(bands.Length);
            frameWidths.Add(times.Length);
        }

        Assert.Equal(Enumerable.Range(0, 11), bandWidths.Order());
        Assert.Equal(Enumerable.Range(0, 16), frameWidths.Order());
    }

    [Fact]
    public void The_same_seed_gives_the_same_masks()
    {
        SpecAugment augment = new(new SpecAugmentOptions { Fill = 5 });
        float[] one = new float[100 * 80];
        float[] two = new float[100 * 80];
        augment.Apply(one, 100, 80, 12);
        augment.Apply(two, 100, 80, 12);
        Assert.Equal(one, two);
        Assert.Contains(5f, one);
        augment.Apply(two, 100, 80, 13);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void Few_frames_and_few_features_are_masked_within_bounds()
    {
        SpecAugment augment = new(new SpecAugmentOptions { TimeShare = 1 });
        for (ulong seed = 0; seed < 50; seed++)
        {
            augment.Apply(new float[3], 1, 3, seed);
            augment.Apply([], 0, 80, seed);
        }

        Assert.Throws<ArgumentException>(() => augment.Apply(new float[10], 3, 4, 0));
    }
}
