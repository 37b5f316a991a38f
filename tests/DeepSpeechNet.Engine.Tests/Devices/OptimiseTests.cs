using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Devices;

public abstract class OptimiseTests(Func<Device> create) : DeviceTests(create)
{
    /// <summary>Around the vector widths, the block of a sum, and past what one thread takes.</summary>
    public static TheoryData<int> Sizes => [1, 3, 7, 8, 31, 33, 257, 16_383, 16_384, 16_385, 70_001];

    [Fact]
    public void Losses_are_summed_impossible_texts_counted_apart()
    {
        Tensor state = State(skip: 1);
        Device.SumLosses(Device.Floats(new Shape(5), [1.5f, float.PositiveInfinity, 2.25f, 0, float.PositiveInfinity]), state);
        StepState read = new(state.ToArray());
        Assert.Equal(3, read.ScoredUtterances);
        Assert.Equal(2, read.ImpossibleUtterances);
        Assert.Equal(1.25f, read.MeanLoss);
        Assert.False(read.Skipped);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_loss_that_is_no_number_skips_the_step_and_stays_out_of_the_sum(float loss)
    {
        Tensor state = State();
        Device.SumLosses(Device.Floats(new Shape(3), [1, loss, 2]), state);
        StepState read = new(state.ToArray());
        Assert.True(read.Skipped);
        Assert.Equal(1.5f, read.MeanLoss);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_norm_is_Euclidean_and_the_factor_brings_it_to_the_maximum(int size)
    {
        float[] g = RandomNumbers.Floats(size, size, 3);
        double norm = Math.Sqrt(g.Sum(x => (double)x * x));
        Tensor state = State();
        Tensor gradients = Device.Floats(new Shape(size), g);

        Device.GradientNorm(gradients, (float)(norm / 4), state);
        Assert.Equal((float)norm, state.ToArray()[StepState.GradientNorm], norm * 1e-6);
        Assert.Equal(0.25, state.ToArray()[StepState.ClipFactor], 1e-6);

        Device.GradientNorm(gradients, (float)(norm * 2), state);
        Assert.Equal(1, state.ToArray()[StepState.ClipFactor]);
        Device.GradientNorm(gradients, 0, state);
        Assert.Equal(1, state.ToArray()[StepState.ClipFactor]);
        Assert.Equal(0, state.ToArray()[StepState.Skip]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_gradient_that_is_no_number_skips_the_step(float wrong)
    {
        float[] g = RandomNumbers.Floats(1, 40_000);
        g[39_998] = wrong;
        Tensor state = State();
        Device.GradientNorm(Device.Floats(new Shape(g.Length), g), 1, state);
        Assert.True(new StepState(state.ToArray()).Skipped);
    }

    [Fact]
    public void The_norm_does_not_take_an_earlier_fault_back()
    {
        Tensor state = State(skip: 1);
        Device.GradientNorm(Device.Floats(new Shape(2), [1, 2]), 1, state);
        Assert.True(new StepState(state.ToArray()).Skipped);
    }

    [Fact]
    public void Huge_gradients_have_a_finite_norm()
    {
        Tensor state = State();
        Device.GradientNorm(Device.Floats(new Shape(4), [1e30f, 1e30f, 1e30f, 1e30f]), 1, state);
        Assert.Equal(2e30f, state.ToArray()[StepState.GradientNorm], 1e24f);
        Assert.False(new StepState(state.ToArray()).Skipped);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Values_are_clipped_to_both_limits_and_faults_stay(int size)
    {
        float[] g = RandomNumbers.Floats(size, size, 3);
        g[size / 2] = float.NaN;
        Tensor gradients = Device.Floats(new Shape(size), g);
        Device.ClipValues(gradients, 0.7f);
        Assert.Equal(Array.ConvertAll(g, x => Math.Clamp(x, -0.7f, 0.7f)), gradients.ToArray());
    }

    [Theory]
    [InlineData(OptimiserKind.Sgd)]
    [InlineData(OptimiserKind.Nesterov)]
    [InlineData(OptimiserKind.Adam)]
    public void A_skipped_step_changes_nothing(OptimiserKind kind)
    {
        float[] w = RandomNumbers.Floats(1, 100), m = RandomNumbers.Floats(2, 100), v = RandomNumbers.Floats(3, 100, 1, 1);
        Shape shape = new(100);
        Tensor values = Device.Floats(shape, w), first = Device.Floats(shape, m), second = Device.Floats(shape, v);
        float[] wrong = new float[100];
        wrong.AsSpan().Fill(float.NaN);
        int version = values.Buffer.Version;
        OptimiserStep step = new() { Kind = kind, LearningRate = 0.1f, Momentum = 0.9f, SecondMomentum = 0.99f, Epsilon = 1e-8f, StepNumber = 1 };
        Device.Optimise(step, values, Device.Floats(shape, wrong), first, second, State(skip: 1));
        Assert.Equal(w, values.ToArray());
        Assert.Equal(m, first.ToArray());
        Assert.Equal(v, second.ToArray());
        Device.Optimise(step, values, Device.Floats(shape, w), first, second, State());
        Assert.NotEqual(w, values.ToArray());
        Assert.True(values.Buffer.Version > version, "forms derived from the weights would not be renewed");
    }

    private Tensor State(float skip = 0)
    {
        float[] state = new float[StepState.Length];
        state[StepState.Skip] = skip;
        state[StepState.ClipFactor] = 1;
        return Device.Floats(new Shape(StepState.Length), state);
    }
}
