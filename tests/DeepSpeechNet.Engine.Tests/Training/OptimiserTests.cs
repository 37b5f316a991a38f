using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Training;

public sealed class OptimiserTests : IDisposable
{
    private readonly Device _device = CpuDevices.One();

    public static TheoryData<OptimiserOptions> Rules =>
    [
        new SgdOptions(),
        new SgdOptions { Momentum = 0.9f },
        new SgdOptions { Momentum = 0.9f, Nesterov = true, WeightDecay = 0.01f },
        new AdamOptions(),
        new AdamOptions { WeightDecay = 0.1f, Decoupled = true },
    ];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_resumed_run_has_the_bits_of_one_that_was_never_stopped(OptimiserOptions options)
    {
        (ParameterSet whole, Optimiser straight) = Make(options);
        for (int step = 0; step < 6; step++)
            Step(whole, straight, step);

        (ParameterSet before, Optimiser first) = Make(options);
        for (int step = 0; step < 3; step++)
            Step(before, first, step);
        Dictionary<string, float[]> saved = first.Export().ToDictionary(m => m.Name, m => m.Values);
        (ParameterSet after, Optimiser second) = Make(options);
        second.Import(first.StepCount, name => saved[name]);
        foreach ((Parameter from, Parameter to) in before.Parameters.Zip(after.Parameters))
            ParameterSet.Set(to, ParameterSet.Get(from));
        for (int step = 3; step < 6; step++)
            Step(after, second, step);

        Assert.Equal(whole.Values!.ToArray(), after.Values!.ToArray());
        Assert.Equal(6, second.StepCount);
    }

    [Fact]
    public void Moments_are_exported_by_parameter_and_only_those_the_rule_keeps()
    {
        Assert.Empty(Make(new SgdOptions()).Optimiser.Export());
        Assert.Equal(["first.a.weight", "first.a.bias"], Make(new SgdOptions { Momentum = 0.5f }).Optimiser.Export().Select(m => m.Name));
        (string Name, float[] Values)[] adam = [.. Make(new AdamOptions()).Optimiser.Export()];
        Assert.Equal(["first.a.weight", "second.a.weight", "first.a.bias", "second.a.bias"], adam.Select(m => m.Name));
        Assert.Equal([15, 15, 5, 5], adam.Select(m => m.Values.Length));
    }

    [Fact]
    public void A_skipped_step_does_not_count_and_leaves_no_trace()
    {
        (ParameterSet parameters, Optimiser optimiser) = Make(new AdamOptions());
        Step(parameters, optimiser, 0);
        float[] values = parameters.Values!.ToArray();
        float[][] moments = [.. optimiser.Export().Select(m => m.Values)];
        Step(parameters, optimiser, 1, skip: true);
        Assert.Equal(1, optimiser.StepCount);
        Assert.Equal(values, parameters.Values!.ToArray());
        Assert.Equal(moments, optimiser.Export().Select(m => m.Values));
        Step(parameters, optimiser, 1);

        (ParameterSet clean, Optimiser never) = Make(new AdamOptions());
        Step(clean, never, 0);
        Step(clean, never, 1);
        Assert.Equal(clean.Values!.ToArray(), parameters.Values!.ToArray());
    }

    [Fact]
    public void Each_step_must_be_confirmed_once()
    {
        (_, Optimiser optimiser) = Make(new AdamOptions());
        Assert.Throws<InvalidOperationException>(() => optimiser.Confirm(false));
        optimiser.Step(0.1f, State(false));
        Assert.Throws<InvalidOperationException>(() => optimiser.Step(0.1f, State(false)));
        optimiser.Confirm(false);
        Assert.Throws<InvalidOperationException>(() => optimiser.Confirm(false));
    }

    [Fact]
    public void The_padding_between_parameters_stays_zero()
    {
        (ParameterSet parameters, Optimiser optimiser) = Make(new AdamOptions { WeightDecay = 0.1f });
        for (int step = 0; step < 3; step++)
            Step(parameters, optimiser, step);
        float[] flat = parameters.Values!.ToArray();
        Assert.Equal(0, flat[15]);
        Assert.All(flat[21..], padding => Assert.Equal(0, padding));
    }

    [Fact]
    public void Wrong_moments_and_settings_are_refused()
    {
        (_, Optimiser optimiser) = Make(new AdamOptions());
        Assert.Contains("first.a.weight", Assert.Throws<ArgumentException>(() => optimiser.Import(1, _ => new float[3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => optimiser.Import(-1, _ => []));
        Assert.Throws<ArgumentException>(() => Make(new AdamOptions { FirstMomentum = 1 }));
        Assert.Throws<ArgumentException>(() => Make(new AdamOptions { Epsilon = 0 }));
        Assert.Throws<ArgumentException>(() => Make(new SgdOptions { Nesterov = true }));
        Assert.Throws<ArgumentException>(() => Make(new SgdOptions { Momentum = float.NaN }));
        Assert.Throws<ArgumentException>(() => Make(new SgdOptions { WeightDecay = -1 }));
        Assert.Throws<ArgumentException>(() => Make(new AdamOptions(), training: false));
    }

    public void Dispose() => _device.Dispose();

    private (ParameterSet Parameters, Optimiser Optimiser) Make(OptimiserOptions options, bool training = true)
    {
        ParameterSet parameters = new();
        parameters.Add("a.weight", new Shape(5, 3), Initialiser.Glorot);
        parameters.AddState("a.running", new Shape(2, 5), Initialiser.Statistics);
        parameters.Add("a.bias", new Shape(5), Initialiser.Ones);
        parameters.Allocate(_device, 7, training);
        return (parameters, Optimiser.Create(_device, parameters, options));
    }

    private void Step(ParameterSet parameters, Optimiser optimiser, int step, bool skip = false)
    {
        foreach (Parameter parameter in parameters.Parameters.Where(p => p.Trained))
        {
            float[] gradient = RandomNumbers.Floats(step, parameter.Shape.Count);
            _device.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(gradient.AsSpan()), parameter.Value.Gradient!);
        }

        optimiser.Step(0.1f, State(skip));
        optimiser.Confirm(skip);
    }

    private Tensor State(bool skip)
    {
        float[] state = new float[StepState.Length];
        state[StepState.Skip] = skip ? 1 : 0;
        state[StepState.ClipFactor] = 1;
        return _device.Floats(new Shape(StepState.Length), state);
    }
}
