using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.StandIn;

/// <summary>Where a machine has a library for products: large ones go there, in both precisions, and nobody sees a difference.</summary>
public sealed class LibraryTests
{
    [Theory]
    [InlineData(ProductPrecision.Float32)]
    [InlineData(ProductPrecision.BFloat16)]
    public void Large_products_go_to_the_library_and_agree_with_our_own(ProductPrecision precision)
    {
        foreach ((bool transposeA, bool transposeB) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            StandInMachine machine = new(64, 16, 4, library: 9 * 7 * 5);
            using IlgpuDevice with = new(machine, new CardOptions { Precision = precision }), without = new(new StandInMachine(64, 16, 4), new CardOptions { Precision = precision });
            Assert.Equal(Products(without, 9, transposeA, transposeB), Products(with, 9, transposeA, transposeB), (x, y) => Math.Abs(x - y) < 1e-5f);
            Assert.Equal(3, machine.LibraryProducts);
            Products(with, 8, transposeA, transposeB);
            Assert.Equal(3, machine.LibraryProducts);
        }
    }

    /// <summary>The gradients of recurrent weights are products of strided parts.</summary>
    [Theory]
    [InlineData(ProductPrecision.Float32, 1e-5f)]
    [InlineData(ProductPrecision.BFloat16, 0.05f)]
    public void Gradients_of_recurrences_through_the_library_agree_with_our_own(ProductPrecision precision, float tolerance)
    {
        StandInMachine machine = new(64, 1, 1, library: 1);
        using IlgpuDevice with = new(machine, new CardOptions { Precision = precision }), without = new(new StandInMachine(64, 1, 1));
        float[] ours = RecurrentGradient(without), theirs = RecurrentGradient(with);
        Assert.True(machine.LibraryProducts > 0);
        Assert.Equal(ours, theirs, (x, y) => Math.Abs(x - y) < tolerance);
    }

    private static float[] Products(IlgpuDevice device, int rows, bool transposeA, bool transposeB)
    {
        const int Columns = 7, Depth = 5;
        Tensor a = device.Floats(transposeA ? new Shape(Depth, rows) : new Shape(rows, Depth), RandomNumbers.Floats(1, rows * Depth));
        Tensor b = device.Floats(transposeB ? new Shape(Columns, Depth) : new Shape(Depth, Columns), RandomNumbers.Floats(2, Columns * Depth));
        Tensor c = device.Poisoned(new Shape(rows, Columns)), d = device.Poisoned(new Shape(rows, Columns));
        device.MatMul(a, transposeA, b, transposeB, c, bias: device.Floats(new Shape(Columns), RandomNumbers.Floats(3, Columns)), activation: Activation.Sigmoid);
        device.MatMul(a, transposeA, b, transposeB, d);
        device.MatMul(a, transposeA, b, transposeB, d, accumulate: true);
        return [.. c.ToArray(), .. d.ToArray()];
    }

    private static float[] RecurrentGradient(IlgpuDevice device)
    {
        RecurrenceCase test = new(CellKind.GruResetAfter, 4, 3, 5, reverse: true, seed: 3);
        RecurrentDirection[] direction = [test.On(device, gradients: true)];
        Tensor lengths = test.LengthsOn(device);
        device.RecurrentForward(CellKind.GruResetAfter, lengths, direction, training: true);
        device.RecurrentBackward(CellKind.GruResetAfter, lengths, direction);
        return direction[0].WeightGradient!.ToArray();
    }
}
