using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Language.Tests.Neural;

public sealed class LanguageStepperTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose() => _device.Dispose();

    public static TheoryData<string> Networks => ["gru", "gru pairs", "lstm", "two lstm", "tanh tied", "lstm projected", "feed-forward", "deep feed-forward"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Stepping_gives_the_probabilities_of_the_plain_computation(string network)
    {
        NeuralLanguageModel model = Model(network);
        using LanguageStepper stepper = new(model);
        ReferenceNetwork reference = new(model);
        int[] text = [3, 1, 4, 1, 0, 6, 2, 2];
        float[] actual = new float[7];
        stepper.Probabilities([stepper.BeginState], actual);
        AssertClose(reference.After([6]), actual);
        int state = stepper.BeginState;
        for (int i = 0; i < text.Length; i++)
        {
            int[] next = new int[1];
            stepper.Step([state], [text[i]], next, actual);
            AssertClose(reference.After([6, .. text[..(i + 1)]]), actual);
            stepper.Release(state);
            state = next[0];
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Neighbours_change_no_bit(string network)
    {
        NeuralLanguageModel model = Model(network);
        using LanguageStepper stepper = new(model);
        int count = 150;
        int[] states = new int[count], tokens = [.. Enumerable.Range(0, count).Select(i => i * 5 % 7)], next = new int[count];
        Array.Fill(states, stepper.BeginState);
        float[] together = new float[count * 7];
        stepper.Step(states, tokens, next, together);
        int[] second = [.. tokens.Select(t => (t + 3) % 7)], last = new int[count];
        stepper.Step(next, second, last, together);
        for (int i = 0; i < count; i += 37)
        {
            int[] alone = new int[1], then = new int[1];
            float[] probabilities = new float[7];
            stepper.Step([stepper.BeginState], [tokens[i]], alone, probabilities);
            stepper.Step(alone, [second[i]], then, probabilities);
            Assert.Equal(together[(i * 7)..((i + 1) * 7)], probabilities);
            stepper.Probabilities([last[i]], probabilities);
            Assert.Equal(together[(i * 7)..((i + 1) * 7)], probabilities);
        }
    }

    [Fact]
    public void A_state_can_go_on_in_several_ways()
    {
        NeuralLanguageModel model = Model("lstm");
        using LanguageStepper stepper = new(model);
        ReferenceNetwork reference = new(model);
        int[] root = new int[1], next = new int[3];
        float[] probabilities = new float[21];
        stepper.Advance([stepper.BeginState], [2], root);
        stepper.Step([root[0], root[0], root[0]], [0, 1, 5], next, probabilities);
        AssertClose(reference.After([6, 2, 0]), probabilities.AsSpan(0, 7));
        AssertClose(reference.After([6, 2, 1]), probabilities.AsSpan(7, 7));
        AssertClose(reference.After([6, 2, 5]), probabilities.AsSpan(14));
        Assert.Equal(5, stepper.StateCount);
        stepper.Clear();
        Assert.Equal(1, stepper.StateCount);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Once_warm_states_cost_no_memory_and_a_step_only_what_the_device_needs_for_its_calls(string network)
    {
        using LanguageStepper stepper = new(Model(network));
        long few = Allocated(stepper, 3), many = Allocated(stepper, 60);

        Assert.Equal(few, many);
        Assert.InRange(many, 0, 4096);
    }

    [Fact]
    public void Scores_are_the_chosen_probabilities()
    {
        NeuralLanguageModel model = Model("two lstm");
        using LanguageStepper stepper = new(model);
        int[] next = new int[2];
        float[] all = new float[14], scores = new float[5];
        stepper.Step([stepper.BeginState, stepper.BeginState], [1, 2], next, all);
        stepper.Score([next[0], next[0], next[1], next[0], next[1]], [3, 0, 6, 2, 1], scores);
        Assert.Equal([all[3], all[0], all[13], all[2], all[8]], scores);
    }

    [Fact]
    public void Released_states_are_used_again_and_refused()
    {
        using LanguageStepper stepper = new(Model("gru"));
        int[] next = new int[1];
        for (int i = 0; i < 1000; i++)
        {
            stepper.Advance([stepper.BeginState], [i % 7], next);
            stepper.Release(next[0]);
        }

        Assert.Equal(1, stepper.StateCount);
        Assert.Contains("no state", Assert.Throws<ArgumentException>(() => stepper.Advance(next, [0], new int[1])).Message);
        Assert.Contains("no symbol 7", Assert.Throws<ArgumentException>(() => stepper.Advance([stepper.BeginState], [7], new int[1])).Message);
        stepper.Release(stepper.BeginState);
        Assert.Equal(1, stepper.StateCount);
    }

    [Theory]
    [InlineData(OutputLayer.Hierarchical)]
    [InlineData(OutputLayer.Sampled)]
    public void Probabilities_of_any_output_layer_add_up_to_one_and_agree_with_scores_and_likelihoods(OutputLayer output)
    {
        NeuralLanguageModelOptions shape = Shape("two lstm") with { Output = output, Samples = 4 };
        NeuralLanguageModel model = new(_device, shape, tokens: 7, endToken: 6, seed: 11, initialRange: 0.5f, counts: [9, 1, 4, 4, 0, 2, 7]);
        using LanguageStepper stepper = new(model);
        int[] next = new int[2];
        float[] all = new float[14], scores = new float[3];
        stepper.Step([stepper.BeginState, stepper.BeginState], [1, 5], next, all);
        Assert.Equal(1, all.Take(7).Sum(v => Math.Exp(v)), 1e-5);
        Assert.Equal(1, all.Skip(7).Sum(v => Math.Exp(v)), 1e-5);
        stepper.Score([next[0], next[1], next[0]], [4, 6, 0], scores);
        Assert.Equal(all[4], scores[0], 1e-5f);
        Assert.Equal(all[13], scores[1], 1e-5f);
        Assert.Equal(all[0], scores[2], 1e-5f);

        float[] likelihoods = new TextLikelihood(model).Each(TokenText.Of(new CharacterTokens(new Alphabet("abcdef")), ["b", "f"]), streams: 1);
        Assert.Equal(all[6], likelihoods[1], 1e-5f);
    }

    /// <summary>Bytes that a round of a beam allocates: states go on by pairs of symbols, are asked for all that can be asked, and are released.</summary>
    private static long Allocated(LanguageStepper stepper, int count)
    {
        int[] states = new int[count], first = new int[count], second = new int[count], next = new int[count], last = new int[count];
        float[] all = new float[count * 7], scores = new float[count];
        Array.Fill(states, stepper.BeginState);
        for (int i = 0; i < count; i++)
            (first[i], second[i]) = (i % 7, i / 7 % 7);
        return Allocation.Least(
            () =>
            {
                stepper.Step(states, first, next, all);
                stepper.Advance(next, second, last);
                stepper.Probabilities(last, all);
                stepper.Score(last, first, scores);
                for (int i = 0; i < count; i++)
                {
                    stepper.Release(next[i]);
                    stepper.Release(last[i]);
                }
            },
            runs: 40);
    }

    internal static NeuralLanguageModelOptions Shape(string network) => network switch
    {
        "gru" => new() { Cell = CellKind.GruResetAfter, Hidden = 33, Embedding = 0 },
        "gru pairs" => new() { Cell = CellKind.GruResetAfter, Hidden = 33, Embedding = 0, Context = 2 },
        "lstm" => new() { Cell = CellKind.Lstm, Hidden = 20, Embedding = 0 },
        "two lstm" => new() { Cell = CellKind.Lstm, Hidden = 20, Embedding = 12, Layers = 2 },
        "tanh tied" => new() { Cell = CellKind.Tanh, Hidden = 16, Embedding = 16, TiedEmbeddings = true },
        "lstm projected" => new() { Cell = CellKind.Lstm, Hidden = 20, Embedding = 12, TiedEmbeddings = true },
        "feed-forward" => new() { Network = LanguageNetwork.FeedForward, Hidden = 16, Embedding = 8, Context = 3 },
        _ => new() { Network = LanguageNetwork.FeedForward, Hidden = 16, Embedding = 8, Context = 4, Layers = 2 },
    };

    private NeuralLanguageModel Model(string network) => new(_device, Shape(network), tokens: 7, endToken: 6, seed: 11, initialRange: 0.5f);

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4);
    }
}
