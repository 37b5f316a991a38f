using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>What the device tests for all devices leave open.</summary>
public sealed class ActivationTests : IDisposable
{
    private readonly IlgpuDevice _device = TestedDevices.Create();

    public void Dispose() => _device.Dispose();

    /// <summary>A network whose weights went wrong has to show it in its loss.</summary>
    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.ClippedRelu)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Sigmoid)]
    public void What_is_no_number_stays_so(Activation activation)
    {
        Tensor x = _device.Floats(new Shape(3), [-1, float.NaN, 0.5f]), y = _device.Floats(new Shape(3), [7, 7, 7]);
        _device.Activate(activation, x, y);
        Assert.Equal([false, true, false], Array.ConvertAll(y.ToArray(), float.IsNaN));
    }
}
