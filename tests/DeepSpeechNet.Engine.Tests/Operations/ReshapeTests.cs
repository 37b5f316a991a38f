using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;
using static DeepSpeechNet.Testing.CheckedInput;

namespace DeepSpeechNet.Engine.Tests.Operations;

public sealed class ReshapeTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Numbers_and_gradients_pass_through_unchanged() => GradientCheck.Operation(
        _device,
        (tape, x) => [Reshape.Apply(tape, Elementwise.Activate(tape, x[0], Engine.Devices.Activation.Tanh), new Shape(2, 15))],
        x => [Array.ConvertAll(x[0], Math.Tanh)],
        Random("x", new Shape(5, 3, 2)));

    [Fact]
    public void Another_number_of_elements_is_refused() =>
        Assert.Contains("30", Assert.Throws<ArgumentException>(() => Reshape.Apply(new Tape(_device, recording: false), _device.Floats(new Shape(4), [1, 2, 3, 4]), new Shape(5, 6))).Message, StringComparison.Ordinal);
}
