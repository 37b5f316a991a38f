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
            KeyMixer mixer = new(parents, words, seed);
            for (int i = 0; i < 1000; i++)
            {
                (int Parent, int Word) key = (random.Next(parents), random.Next(words));
                ulong mixed = mixer.Mix(key.Parent, key.Word);
                Assert.True(mixed < 1UL << mixer.KeyBits);
                Assert.Equal(key, mixer.Unmix(mixed));
            }
        }
    }
}
