using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

public sealed class NoisyCorpusTests
{
    private static readonly float[] Speech = [.. Enumerable.Range(0, 4000).Select(n => 0.3f * MathF.Sin(0.1f * n))];
    private static readonly float[] Noise = [.. Enumerable.Range(0, 9000).Select(n => 0.7f * MathF.Cos(0.001f * n * n))];

    [Theory]
    [InlineData(20)]
    [InlineData(0)]
    [InlineData(-5)]
    public void What_is_added_has_the_energy_asked_for(double decibels)
    {
        using NoisyCorpus corpus = new(Clips(), [Noise], decibels);
        double added = Energy(Added(corpus, 0));
        Assert.Equal(decibels, 10 * Math.Log10(Energy(Speech) / added), 0.01);
    }

    [Fact]
    public void A_clip_gets_the_same_noise_each_time_and_another_than_its_neighbour()
    {
        using NoisyCorpus corpus = new(Clips(), [Noise], 10);
        float[] first = Added(corpus, 0), neighbour = Added(corpus, 1);
        Assert.Equal(first, Added(corpus, 0));
        Assert.True(Math.Abs(first.Zip(neighbour, (a, b) => (double)a * b).Sum()) < 0.5 * Energy(first), "Both clips got the same noise.");
    }

    [Fact]
    public void Another_level_is_the_same_noise_louder()
    {
        using NoisyCorpus quiet = new(Clips(), [Noise], 20), loud = new(Clips(), [Noise], 0);
        Assert.All(Added(quiet, 1).Zip(Added(loud, 1)), pair => Assert.Equal(10 * pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void A_corpus_keeps_its_entries_and_its_owner()
    {
        FakeCorpus clips = Clips();
        NoisyCorpus corpus = new(clips, [Noise], 10);
        corpus.Dispose();
        Assert.Equal((2, 1000, "b.wav", false), (corpus.Count, corpus.SampleRate, corpus[1].Path, clips.Disposed));
    }

    [Fact]
    public void Without_a_noise_there_is_nothing_to_mix()
    {
        Assert.Throws<ArgumentException>(() => new NoisyCorpus(Clips(), [], 10));
        Assert.Throws<ArgumentException>(() => new NoisyCorpus(Clips(), [Noise, []], 10));
    }

    private static FakeCorpus Clips() => new((FakeCorpus.Entry("a.wav"), Speech), (FakeCorpus.Entry("b.wav"), Speech));

    private static float[] Added(NoisyCorpus corpus, int index)
    {
        using SampleBuffer samples = corpus.ReadSamples(index);
        return [.. samples.Memory.ToArray().Zip(Speech, (noisy, clean) => noisy - clean)];
    }

    private static double Energy(float[] samples) => samples.Sum(x => (double)x * x);
}
