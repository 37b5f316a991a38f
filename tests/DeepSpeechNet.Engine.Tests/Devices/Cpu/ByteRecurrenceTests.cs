using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

/// <summary>A recurrence whose weights fit bytes, which processors with the instructions multiply in whole numbers.</summary>
public sealed class ByteRecurrenceTests
{
    public static TheoryData<int, int, bool> Sizes => new()
    {
        { 1, 5, false }, { 2, 16, true }, { 3, 33, false }, { 4, 130, false }, { 8, 64, true }, { 13, 97, false }, { 21, 32, false },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void It_gives_what_the_weights_say(int batch, int hidden, bool reverse)
    {
        RecurrenceCase test = Case(6, batch, hidden, reverse);
        test.Reference.Run();
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        float[] found = Run(device, test), floats = Run(device, test, bytes: false);
        for (int i = 0; i < found.Length; i++)
            Assert.Equal(test.Reference.H[i], found[i], 5e-4);
        if (ShortPanels.IsSupported)
            Assert.NotEqual(floats, found);
        else
            Assert.Equal(floats, found);
    }

    [Fact]
    public void Neither_threads_nor_neighbours_change_a_bit()
    {
        RecurrenceCase test = Case(7, 9, 70, reverse: false);
        float[][] runs = new float[3][];
        for (int threads = 1; threads <= 3; threads++)
        {
            using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
            runs[threads - 1] = Run(device, test);
            Assert.Equal(runs[0], runs[threads - 1]);
        }

        using CpuDevice one = new(new CpuDeviceOptions { Threads = 1 });
        RecurrentDirection all = test.On(one);
        Tensor weight = Weight(all, bytes: true);
        for (int b = 0; b < test.Batch; b++)
        {
            float[] gates = RecurrenceCase.Download(all.Gates), state = RecurrenceCase.Download(all.InitialHidden);
            Shape frame = new(test.Time, 1, test.Hidden);
            RecurrentDirection alone = new()
            {
                Reverse = false,
                Gates = RecurrenceCase.Upload(one, frame.WithColumns(3 * test.Hidden), Own(gates, 3 * test.Hidden)),
                Weight = weight,
                Bias = all.Bias,
                InitialHidden = RecurrenceCase.Upload(one, new Shape(1, test.Hidden), state[(b * test.Hidden)..((b + 1) * test.Hidden)]),
                Hidden = one.Allocate(ElementType.Float32, frame),
            };
            Tensor length = one.Allocate(ElementType.Int32, new Shape(1));
            one.Upload(MemoryMarshal.AsBytes([test.Lengths[b]]), length);
            one.RecurrentForward(CellKind.GruResetAfter, length, [alone], training: false);
            Assert.Equal(Own(runs[0], test.Hidden), RecurrenceCase.Download(alone.Hidden));

            float[] Own(float[] values, int columns) => [.. Enumerable.Range(0, test.Time).SelectMany(t => values.AsSpan(((t * test.Batch) + b) * columns, columns).ToArray())];
        }
    }

    [Fact]
    public void Weights_that_were_changed_are_floats_again()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        Tensor weight = Weight(Case(2, 1, 8, reverse: false).On(device), bytes: true);
        Assert.True(weight.RowsFitBytes);
        device.Upload(MemoryMarshal.AsBytes(new float[weight.Count].AsSpan()), weight);
        Assert.False(weight.RowsFitBytes);
    }

    /// <summary>A direction whose weights were rounded to bytes, for the reference too.</summary>
    private static RecurrenceCase Case(int time, int batch, int hidden, bool reverse)
    {
        RecurrenceCase test = new(CellKind.GruResetAfter, time, batch, hidden, reverse, seed: 40 + hidden);
        double[] u = test.Reference.U;
        float[] weights = Array.ConvertAll(u, v => (float)v), scales = new float[3 * hidden];
        sbyte[] quantised = new sbyte[weights.Length];
        ByteWeights.Quantise(weights, quantised, scales);
        ByteWeights.Widen(quantised, scales, weights);
        for (int i = 0; i < u.Length; i++)
            u[i] = weights[i];
        return test;
    }

    private static float[] Run(CpuDevice device, RecurrenceCase test, bool bytes = true)
    {
        RecurrentDirection direction = test.On(device);
        Weight(direction, bytes);
        device.RecurrentForward(CellKind.GruResetAfter, test.LengthsOn(device), [direction], training: false);
        return RecurrenceCase.Download(direction.Hidden);
    }

    private static Tensor Weight(RecurrentDirection direction, bool bytes)
    {
        direction.Weight.IsParameter = true;
        direction.Weight.RowsFitBytes = bytes;
        return direction.Weight;
    }
}
