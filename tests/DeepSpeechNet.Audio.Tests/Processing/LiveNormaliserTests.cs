using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class LiveNormaliserTests
{
    [Theory]
    [InlineData(FeatureNormalisation.PerUtterance)]
    [InlineData(FeatureNormalisation.Level)]
    [InlineData(FeatureNormalisation.None)]
    public void At_the_end_of_the_first_utterance_it_does_what_the_whole_utterance_gets(FeatureNormalisation kind)
    {
        float[] frames = Frames(1);
        float[] expected = [.. frames];
        if (kind == FeatureNormalisation.PerUtterance)
            UtteranceNormaliser.Apply(expected, 5);
        else if (kind == FeatureNormalisation.Level)
            LevelNormaliser.Apply(expected);
        LiveNormaliser normaliser = new(new FrontEndOptions { Normalisation = kind }, 5);
        normaliser.Hear(frames.AsSpan(0, 35));
        normaliser.Hear(frames.AsSpan(35));
        normaliser.Apply(frames);
        for (int i = 0; i < frames.Length; i++)
            Assert.Equal(expected[i], frames[i], 3);
    }

    [Fact]
    public void The_next_utterance_starts_from_what_came_before_and_soon_follows_its_own()
    {
        LiveNormaliser normaliser = new(new FrontEndOptions { Normalisation = FeatureNormalisation.Level }, 5);
        normaliser.Hear(Frames(2));
        normaliser.Begin();
        float[] early = [0f, 0, 0, 0, 0];
        normaliser.Apply(early);
        float[] louder = [.. Frames(3).Select(x => x + 4)];
        normaliser.Hear(louder);
        float[] late = [0f, 0, 0, 0, 0];
        normaliser.Apply(late);
        Assert.True(late[0] < early[0] - 0.8);
    }

    private static float[] Frames(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, 5 * 400).Select(i => (float)((i % 5) - 3 + (2 * random.NextDouble())))];
    }
}
