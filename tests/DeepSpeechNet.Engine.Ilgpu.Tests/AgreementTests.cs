using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>The same work on this device and on the CPU device.</summary>
public sealed class AgreementTests : IDisposable
{
    private readonly IlgpuDevice _device = TestedDevices.CreateGrouped();
    private readonly CpuDevice _cpu = new(new CpuDeviceOptions { Threads = 1 });

    public static TheoryData<CellKind, bool> Cells
    {
        get
        {
            TheoryData<CellKind, bool> cells = [];
            foreach (CellKind cell in Enum.GetValues<CellKind>())
            {
                cells.Add(cell, false);
                cells.Add(cell, true);
            }

            return cells;
        }
    }

    public void Dispose()
    {
        _device.Dispose();
        _cpu.Dispose();
    }

    /// <summary>Units past the piece that goes through shared memory, batches that no tile divides, frames past an utterance's end.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Recurrences_agree_in_every_result(CellKind cell, bool accumulate)
    {
        RecurrenceCase forwards = new(cell, 3, 3, accumulate ? 5 : 33, reverse: false, seed: 3), backwards = new(cell, 3, 3, accumulate ? 5 : 33, reverse: true, seed: 4);
        forwards.Lengths.CopyTo(backwards.Lengths, 0);
        RecurrentDirection[] expected = Run(_cpu), actual = Run(_device);
        for (int i = 0; i < 2; i++)
        {
            AssertClose(expected[i].Hidden, actual[i].Hidden, "h");
            AssertClose(expected[i].Cell, actual[i].Cell, "c");
            AssertClose(expected[i].Gates, actual[i].Gates, "gates");
            AssertClose(expected[i].WeightGradient, actual[i].WeightGradient, "weight");
            AssertClose(expected[i].BiasGradient, actual[i].BiasGradient, "bias");
            AssertClose(expected[i].PeepholeGradient, actual[i].PeepholeGradient, "peephole");
            AssertClose(expected[i].InitialHiddenGradient, actual[i].InitialHiddenGradient, "initial h");
            AssertClose(expected[i].InitialCellGradient, actual[i].InitialCellGradient, "initial c");
        }

        RecurrentDirection[] Run(Device device)
        {
            RecurrentDirection[] both = [forwards.On(device, gradients: true, accumulate: accumulate), backwards.On(device, initial: accumulate, gradients: true, accumulate: accumulate)];
            Tensor lengths = forwards.LengthsOn(device);
            device.RecurrentForward(cell, lengths, both, training: true);
            device.RecurrentBackward(cell, lengths, both);
            return both;
        }
    }

    [Theory]
    [InlineData(CellKind.GruResetBefore)]
    [InlineData(CellKind.GruResetAfter)]
    public void A_gated_unit_without_a_place_for_what_it_keeps_gives_the_same_states(CellKind cell)
    {
        RecurrenceCase test = new(cell, 3, 2, 5, reverse: true, seed: 8);
        RecurrentDirection given = test.On(_device), training = test.On(_device);
        RecurrentDirection bare = new()
        {
            Reverse = true,
            Gates = given.Gates,
            Weight = given.Weight,
            Bias = given.Bias,
            InitialHidden = given.InitialHidden,
            Hidden = given.Hidden,
        };
        Tensor lengths = test.LengthsOn(_device);
        _device.RecurrentForward(cell, lengths, [bare], training: false);
        _device.RecurrentForward(cell, lengths, [training], training: true);
        Assert.Equal(training.Hidden.ToArray(), bare.Hidden.ToArray());
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.3f)]
    [InlineData(0.9999f)]
    public void Dropout_draws_the_same_mask(float rate)
    {
        float[] x = RandomNumbers.Floats(1, 1000), y = RandomNumbers.Floats(2, 1000);
        Each(device =>
        {
            Tensor to = device.Floats(new Shape(1000), y), written = device.Poisoned(new Shape(1000));
            device.Dropout(device.Floats(new Shape(1000), x), rate, 0xFEDCBA9876543210UL, to, accumulate: true);
            device.Dropout(device.Floats(new Shape(1000), x), rate, 0xFEDCBA9876543210UL, written);
            return [.. to.ToArray(), .. written.ToArray()];
        }, 0);
    }

    [Fact]
    public void Columns_and_windows_are_copied_and_added_alike()
    {
        float[] x = RandomNumbers.Floats(1, 7 * 2 * 5), wide = RandomNumbers.Floats(2, 4 * 2 * 25);
        Each(device =>
        {
            Tensor narrow = device.Floats(new Shape(7, 2, 5), x), y = device.Poisoned(new Shape(4, 2, 25)), back = device.Floats(new Shape(7, 2, 5), x);
            device.ContextWindow(narrow, 2, 2, y);
            device.ContextWindowBackward(device.Floats(new Shape(4, 2, 25), wide), 2, 2, back, accumulate: true);
            device.ContextWindowBackward(y, 2, 2, narrow, accumulate: false);
            Tensor columns = device.Floats(new Shape(4, 2, 25), wide);
            device.CopyColumns(y, 3, columns, 7, 11, accumulate: true);
            device.CopyColumns(y, 0, columns, 20, 5, accumulate: false);
            return [.. y.ToArray(), .. back.ToArray(), .. narrow.ToArray(), .. columns.ToArray()];
        }, 1e-6);
    }

    [Fact]
    public void Sums_over_rows_agree()
    {
        float[] x = RandomNumbers.Floats(1, 150 * 9), y = RandomNumbers.Floats(2, 9);
        Each(device =>
        {
            Tensor sums = device.Floats(new Shape(9), y);
            device.SumRows(device.Floats(new Shape(150, 9), x), sums, accumulate: true);
            return sums.ToArray();
        }, 1e-5);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(2, 65)]
    public void Softmax_and_cross_entropy_agree(int rows, int classes)
    {
        float[] x = RandomNumbers.Floats(1, rows * classes, 10), above = RandomNumbers.Floats(2, rows * classes), t = RandomNumbers.Floats(3, rows);
        Each(device =>
        {
            Shape shape = new(rows, classes);
            Tensor y = device.Poisoned(shape), dx = device.Floats(shape, above), logits = device.Floats(shape, x), losses = device.Poisoned(new Shape(rows));
            device.LogSoftmax(device.Floats(shape, x), y);
            device.LogSoftmaxBackward(y, device.Floats(shape, above), dx, accumulate: true);
            Tensor targets = device.Integers([.. Enumerable.Range(0, rows).Select(r => r == 1 ? -1 : r % classes)]);
            device.SoftmaxCrossEntropy(logits, targets, losses, logits, 0.5f);
            Tensor samples = device.Integers([.. Enumerable.Range(0, classes)]), sampled = device.Floats(shape, x), wanted = device.Floats(new Shape(rows), t), all = device.Poisoned(new Shape(rows));
            device.SampledCrossEntropy(sampled, wanted, samples, targets, all, sampled, wanted, 0.5f);
            return [.. y.ToArray(), .. dx.ToArray(), .. logits.ToArray(), .. losses.ToArray(), .. sampled.ToArray(), .. wanted.ToArray(), .. all.ToArray()];
        }, 3e-6);
    }

    [Fact]
    public void Training_gives_the_same_losses_and_takes_no_more_memory_after_the_first_steps()
    {
        SpeechProblem problem = new(5, 8, 3, 4, 5, 1, 12);
        SmallDeepSpeechOptions options = new() { Features = 4, Classes = 5, Context = 1, Stride = 1 };
        TrainingLoop cpu = new(new SmallDeepSpeech(_cpu, options), new AdamOptions { Epsilon = 1e-5f }, 5), own = new(new SmallDeepSpeech(_device, options), new AdamOptions { Epsilon = 1e-5f }, 5);
        long memory = 0, launches = 0, launchesOfStep = 0;
        for (int step = 0; step < 6; step++)
        {
            StepState expected = cpu.Step(problem, 0.003f), actual = own.Step(problem, 0.003f);
            Assert.InRange(actual.MeanLoss, expected.MeanLoss * (1 - 1e-5), expected.MeanLoss * (1 + 1e-5));
            Assert.InRange(actual.Norm, expected.Norm * (1 - 1e-4), expected.Norm * (1 + 1e-4));
            if (step > 1)
            {
                Assert.Equal(memory, _device.AllocatedBytes);
                Assert.Equal(launchesOfStep, _device.Launches - launches);
            }

            launchesOfStep = _device.Launches - launches;
            (memory, launches) = (_device.AllocatedBytes, _device.Launches);
        }
    }

    /// <summary>Groups of 256 lanes and tiles of 64 x 64, as a card runs them: past one tile and one piece of shared memory.</summary>
    [Fact]
    public void Groups_as_large_as_on_a_card_give_the_same()
    {
        using IlgpuDevice full = TestedDevices.CreateFull();
        float[] a = RandomNumbers.Floats(1, 66 * 18), b = RandomNumbers.Floats(2, 33 * 18), x = RandomNumbers.Floats(3, 300);
        RecurrenceCase recurrence = new(CellKind.LstmPeephole, 2, 3, 17, reverse: true, seed: 5);
        float[] logits = RandomNumbers.Floats(4, 5 * 4);
        Each(
            full,
            device =>
            {
                Tensor product = device.Poisoned(new Shape(66, 33)), row = device.Floats(new Shape(1, 300), x), losses = device.Poisoned(new Shape(1)), gradient = device.Poisoned(new Shape(5, 1, 4));
                device.MatMul(device.Floats(new Shape(66, 18), a), false, device.Floats(new Shape(33, 18), b), true, product);
                device.LogSoftmax(row, row);
                device.CtcLoss(device.Floats(new Shape(5, 1, 4), logits), device.Integers(5), device.Integers(1, 1, 3), device.Integers(0, 3), 0, losses, gradient, 1);
                RecurrentDirection direction = recurrence.On(device, gradients: true);
                device.RecurrentForward(recurrence.Kind, recurrence.LengthsOn(device), [direction], training: true);
                device.RecurrentBackward(recurrence.Kind, recurrence.LengthsOn(device), [direction]);
                return [.. product.ToArray(), .. row.ToArray(), .. losses.ToArray(), .. gradient.ToArray(), .. direction.Hidden.ToArray(), .. direction.WeightGradient!.ToArray()];
            },
            2e-5);
    }

    private void Each(Func<Device, float[]> work, double tolerance) => Each(_device, work, tolerance);

    private void Each(Device device, Func<Device, float[]> work, double tolerance)
    {
        float[] expected = work(_cpu), actual = work(device);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Same(expected[i], actual[i], tolerance), $"element {i} is {actual[i]:R}, on the CPU device {expected[i]:R}");
    }

    private static void AssertClose(Tensor? expected, Tensor? actual, string what)
    {
        Assert.Equal(expected is null, actual is null);
        if (expected is null)
            return;
        float[] e = expected.ToArray(), a = actual!.ToArray();
        for (int i = 0; i < e.Length; i++)
            Assert.True(Same(e[i], a[i], 1e-5), $"{what}[{i}] is {a[i]:R}, on the CPU device {e[i]:R}");
    }

    private static bool Same(float expected, float actual, double tolerance) =>
        expected.Equals(actual) || Math.Abs((double)expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected));
}
