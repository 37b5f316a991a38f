using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;
using static DeepSpeechNet.Testing.CheckedInput;

namespace DeepSpeechNet.Engine.Tests;

/// <summary>The check itself must fail where an operation is wrong, and say which tensor is.</summary>
public sealed class GradientCheckTests : IDisposable
{
    private readonly Device _device = CpuDevices.One();

    [Fact]
    public void A_right_operation_passes() => Assert.InRange(Check(3, 3, false), 0, 1e-6);

    [Fact]
    public void A_wrong_result_is_named() => AssertFails("Result 0", () => Check(3.001f, 3, false));

    [Fact]
    public void A_wrong_gradient_is_named() => AssertFails("The gradient of input [2, 5] has", () => Check(3, 3.001f, false));

    [Fact]
    public void A_gradient_that_is_not_added_up_is_named() => AssertFails("The gradient of input [2, 5] of two uses", () => Check(3, 3, true));

    [Fact]
    public void A_gradient_that_never_comes_is_named() => AssertFails(
        "The gradient of input [2, 5] has the relative error 1",
        () => GradientCheck.Operation(
            _device,
            (tape, x) =>
            {
                Tensor y = tape.AllocateResult(x[0].Shape);
                _device.Scale(x[0], 2, y);
                return [y];
            },
            x => [Array.ConvertAll(x[0], v => 2 * v)],
            Random("input", new Shape(2, 5))));

    public void Dispose() => _device.Dispose();

    private static void AssertFails(string start, Action check) =>
        Assert.StartsWith(start, Assert.Throws<CheckFailedException>(check).Message, StringComparison.Ordinal);

    /// <summary>y = 3 x with the given factors forwards and backwards, and a backward pass that may forget to add up.</summary>
    private double Check(float forward, float backward, bool forgetful) => GradientCheck.Operation(
        _device,
        (tape, x) =>
        {
            Tensor y = tape.AllocateResult(x[0].Shape, x[0]);
            _device.Scale(x[0], forward, y);
            tape.Record(y, () => _device.Scale(y.Gradient!, backward, tape.GradientFor(x[0], out bool accumulate), accumulate && !forgetful));
            return [y];
        },
        x => [Array.ConvertAll(x[0], v => 3 * v)],
        Random("input", new Shape(2, 5)));
}
