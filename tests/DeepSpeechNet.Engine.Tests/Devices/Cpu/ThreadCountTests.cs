using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

/// <summary>Results have the same bits whatever the number of threads.</summary>
public sealed class ThreadCountTests
{
    [Fact]
    public void The_gradient_norm_does_not_depend_on_threads() => CpuDevices.AssertSameForAnyThreads(device =>
    {
        Tensor state = device.Floats(new Shape(StepState.Length), new float[StepState.Length]);
        device.GradientNorm(device.Floats(new Shape(300_007), RandomNumbers.Floats(1, 300_007)), 1, state);
        return state.ToArray();
    });

    [Fact]
    public void An_optimiser_step_does_not_depend_on_threads() => CpuDevices.AssertSameForAnyThreads(device =>
    {
        Shape shape = new(300_007);
        float[] state = new float[StepState.Length];
        state[StepState.ClipFactor] = 0.7f;
        Tensor values = device.Floats(shape, RandomNumbers.Floats(1, shape.Count));
        OptimiserStep step = new() { Kind = OptimiserKind.Adam, LearningRate = 0.1f, Momentum = 0.9f, SecondMomentum = 0.99f, Epsilon = 1e-8f, WeightDecay = 0.1f, StepNumber = 3 };
        device.Optimise(
            step,
            values,
            device.Floats(shape, RandomNumbers.Floats(2, shape.Count)),
            device.Floats(shape, RandomNumbers.Floats(3, shape.Count)),
            device.Floats(shape, RandomNumbers.Floats(4, shape.Count, 1, 1)),
            device.Floats(new Shape(StepState.Length), state));
        return values.ToArray();
    });

    [Fact]
    public void Batch_normalisation_does_not_depend_on_threads() => CpuDevices.AssertSameForAnyThreads(device =>
    {
        Shape shape = new(361, 5, 203), vector = new(203), statistics = new(2, 203);
        Tensor x = device.Floats(shape, RandomNumbers.Floats(1, shape.Count)), y = device.Poisoned(shape), dx = device.Poisoned(shape);
        Tensor scale = device.Floats(vector, RandomNumbers.Floats(2, 203)), shift = device.Floats(vector, RandomNumbers.Floats(3, 203));
        Tensor running = device.Floats(statistics, RandomNumbers.Floats(4, 406)), saved = device.Poisoned(statistics);
        Tensor dScale = device.Poisoned(vector), dShift = device.Poisoned(vector), lengths = device.Integers(361, 360, 131, 7, 1);
        device.BatchNorm(x, lengths, scale, shift, running, 0.1f, 1e-5f, true, saved, y);
        device.BatchNormBackward(x, lengths, scale, saved, y, dx, dScale, dShift, false);
        return [.. y.ToArray(), .. running.ToArray(), .. saved.ToArray(), .. dx.ToArray(), .. dScale.ToArray(), .. dShift.ToArray()];
    });
}
