using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Neural;

namespace DeepSpeechNet.Language.Tests.Neural;

public sealed class NetworkWideningTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose() => _device.Dispose();

    public static TheoryData<CellKind, int, int, int> Networks => new()
    {
        { CellKind.GruResetAfter, 0, 1, 9 },
        { CellKind.GruResetAfter, 0, 2, 12 },
        { CellKind.GruResetBefore, 3, 2, 7 },
        { CellKind.Lstm, 3, 2, 13 },
        { CellKind.LstmPeephole, 3, 1, 8 },
        { CellKind.LstmFullPeephole, 0, 2, 8 },
        { CellKind.Tanh, 4, 3, 11 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_widened_recurrent_network_gives_the_same_probabilities(CellKind cell, int embedding, int layers, int hidden) =>
        AssertSame(new() { Cell = cell, Embedding = embedding, Layers = layers, Hidden = 6 }, hidden);

    [Theory]
    [InlineData(OutputLayer.Softmax)]
    [InlineData(OutputLayer.Sampled)]
    public void So_does_one_with_a_projection_to_the_width_of_its_embeddings(OutputLayer output) =>
        AssertSame(new() { Cell = CellKind.Lstm, Embedding = 4, Hidden = 6, TiedEmbeddings = true, Output = output }, 9);

    [Theory]
    [InlineData(OutputLayer.Softmax)]
    [InlineData(OutputLayer.Hierarchical)]
    [InlineData(OutputLayer.Sampled)]
    public void So_does_a_feed_forward_one_with_any_output(OutputLayer output) =>
        AssertSame(new() { Network = LanguageNetwork.FeedForward, Context = 3, Embedding = 4, Layers = 2, Hidden = 6, Output = output }, 10);

    [Fact]
    public void Copies_begin_alike_and_leave_by_different_weights()
    {
        NeuralLanguageModelOptions options = new() { Cell = CellKind.Tanh, Embedding = 0, Hidden = 4 };
        NeuralLanguageModel start = Model(options, 1), wide = Model(options with { Hidden = 8 }, null);
        NetworkWidening.Apply(start, wide, 3);
        float[] inward = ParameterSet.Get(wide.Embeddings), outward = ParameterSet.Get(wide.Parameters.Parameters.Single(p => p.Name.EndsWith("output.weight", StringComparison.Ordinal)));
        for (int j = 4; j < 8; j++)
        {
            int original = Enumerable.Range(0, 4).Single(i => inward[i] == inward[j]);
            Assert.NotEqual(outward[original], outward[j]);
        }
    }

    [Fact]
    public void Narrower_other_and_tied_networks_do_not_fit()
    {
        NeuralLanguageModelOptions options = new() { Hidden = 8, Embedding = 8 };
        Assert.True(NetworkWidening.Fits(options, options with { Hidden = 9, Dropout = 0.5f }));
        Assert.False(NetworkWidening.Fits(options, options with { Hidden = 7 }));
        Assert.False(NetworkWidening.Fits(options, options with { Hidden = 9, Layers = 2 }));
        Assert.True(NetworkWidening.Fits(options with { TiedEmbeddings = true }, options with { TiedEmbeddings = true }));
        Assert.False(NetworkWidening.Fits(options with { TiedEmbeddings = true }, options with { TiedEmbeddings = true, Hidden = 9, Embedding = 9 }));
        Assert.False(NetworkWidening.Fits(options with { TiedEmbeddings = true }, options with { TiedEmbeddings = true, Hidden = 9 }));
        Assert.True(NetworkWidening.Fits(options with { TiedEmbeddings = true, Embedding = 4 }, options with { TiedEmbeddings = true, Embedding = 4, Hidden = 9 }));
    }

    private void AssertSame(NeuralLanguageModelOptions options, int hidden)
    {
        NeuralLanguageModel start = Model(options, 11), wide = Model(options with { Hidden = hidden }, 12);
        NetworkWidening.Apply(start, wide, 5);
        using LanguageStepper narrow = new(start), widened = new(wide);
        int before = narrow.BeginState, after = widened.BeginState;
        float[] expected = new float[7], actual = new float[7];
        foreach (int token in new[] { 3, 1, 4, 1, 0, 6, 2, 2, 5 })
        {
            int[] next = new int[1];
            narrow.Step([before], [token], next, expected);
            before = next[0];
            widened.Step([after], [token], next, actual);
            after = next[0];
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-5);
        }
    }

    private NeuralLanguageModel Model(NeuralLanguageModelOptions options, ulong? seed) =>
        new(_device, options, 7, 6, seed, counts: [5, 9, 2, 7, 3, 4, 8]);
}
