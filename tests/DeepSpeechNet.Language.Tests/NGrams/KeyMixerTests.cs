using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.NGrams;

public sealed class KeyMixerTests
{
    [Theory]
    [InlineData(3, 3)]
    [InlineData(1, 5)]
    [InlineData(40_000, 40_000)]
    [InlineData(int.MaxValue, 1 << 24)]
    public void A_shuffled_key_can_be_undone(int parents, int words)
    {
        Random random = new(1);
        for (uint seed = 0; seed < 4; seed++)
        {
            int buckets = (int)KeyMixer.LeastBuckets(parents, words) + 12;
            KeyMixer mixer = new(parents, words, buckets, seed);
            for (int i = 0; i < 1000; i++)
            {
                (int Parent, int Word) key = (random.Next(parents), random.Next(words));
                ulong mixed = mixer.Mix(key.Parent, key.Word);
                ulong bucket = mixer.Bucket(mixed);
                Assert.True(bucket < (ulong)buckets);
                Assert.Equal(key, mixer.Unmix(bucket, (uint)mixed));
            }
        }
    }
}
