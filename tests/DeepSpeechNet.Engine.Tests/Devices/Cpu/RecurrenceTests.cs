using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

/// <summary>What the recurrences of the CPU device compute, against the equations in double precision.</summary>
public sealed class RecurrenceTests
{
    public static TheoryData<CellKind> Cells => new(Enum.GetValues<CellKind>());

    public static TheoryData<CellKind, int, int> Extents
    {
        get
        {
            TheoryData<CellKind, int, int> data = [];
            foreach (CellKind cell in Enum.GetValues<CellKind>())
            {
                foreach ((int batch, int hidden) in new[] { (1, 1), (2, 3), (3, 16), (5, 33), (8, 64), (17, 33), (1, 64), (1, 200), (2, 130) })
                    data.Add(cell, batch, hidden);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Extents))]
    public void States_follow_the_cells_equations(CellKind cell, int batch, int hidden)
    {
        foreach (bool reverse in new[] { false, true })
        {
            using CpuDevice device = new(new CpuDeviceOptions { Threads = 3 });
            RecurrenceCase test = new(cell, 7, batch, hidden, reverse, seed: (100 * batch) + hidden);
            RecurrentDirection direction = test.On(device);
            device.RecurrentForward(cell, test.LengthsOn(device), [direction], training: reverse);

            test.Reference.Run();
            AssertClose(test.Reference.H, RecurrenceCase.Download(direction.Hidden), 1e-5, "h");
            AssertClose(test.Reference.C, RecurrenceCase.Download(direction.Cell), 1e-5, "c");
        }
    }

    [Theory]
    [MemberData(nameof(Extents))]
    public void Gradients_are_the_slopes_of_the_loss(CellKind cell, int batch, int hidden)
    {
        foreach (bool reverse in new[] { false, true })
        {
            using CpuDevice device = new(new CpuDeviceOptions { Threads = 2 });
            RecurrenceCase test = new(cell, hidden > 100 ? 3 : 5, batch, hidden, reverse, seed: 7 + (100 * batch) + hidden);
            RecurrentDirection direction = test.On(device, gradients: true);
            float[] above = RecurrenceCase.Download(direction.HiddenGradient);
            Tensor lengths = test.LengthsOn(device);
            device.RecurrentForward(cell, lengths, [direction], training: true);
            device.RecurrentBackward(cell, lengths, [direction]);

            AssertSlopes(test, test.Reference.X, direction.Gates, "input");
            AssertSlopes(test, test.Reference.U, direction.WeightGradient!, "weight");
            AssertSlopes(test, test.Reference.Bias, direction.BiasGradient, "bias");
            AssertSlopes(test, test.Reference.Peephole, direction.PeepholeGradient, "peephole");
            AssertSlopes(test, test.Reference.H0, direction.InitialHiddenGradient, "initial hidden");
            AssertSlopes(test, test.Reference.C0, direction.InitialCellGradient, "initial cell");
            Assert.Equal(above, RecurrenceCase.Download(direction.HiddenGradient));
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Without_an_initial_state_runs_start_from_zeros(CellKind cell)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 2 });
        RecurrenceCase test = new(cell, 4, 3, 33, reverse: false, seed: 3);
        Array.Clear(test.Reference.H0);
        Array.Clear(test.Reference.C0);
        Tensor lengths = test.LengthsOn(device);
        RecurrentDirection given = test.On(device, gradients: true), none = test.On(device, initial: false, gradients: true);
        foreach (RecurrentDirection direction in new[] { given, none })
        {
            device.RecurrentForward(cell, lengths, [direction], training: true);
            device.RecurrentBackward(cell, lengths, [direction]);
        }

        Assert.Equal(RecurrenceCase.Download(given.Hidden), RecurrenceCase.Download(none.Hidden));
        Assert.Equal(RecurrenceCase.Download(given.Gates), RecurrenceCase.Download(none.Gates));
        Assert.Equal(RecurrenceCase.Download(given.WeightGradient), RecurrenceCase.Download(none.WeightGradient));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Gradients_of_parameters_are_added_where_asked(CellKind cell)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        RecurrenceCase test = new(cell, 4, 2, 20, reverse: true, seed: 4);
        Tensor lengths = test.LengthsOn(device);
        RecurrentDirection written = test.On(device, gradients: true), added = test.On(device, gradients: true, accumulate: true);
        foreach (RecurrentDirection direction in new[] { written, added })
        {
            device.RecurrentForward(cell, lengths, [direction], training: true);
            device.RecurrentBackward(cell, lengths, [direction]);
        }

        AssertHalfMore(written.WeightGradient, added.WeightGradient);
        AssertHalfMore(written.BiasGradient, added.BiasGradient);
        AssertHalfMore(written.PeepholeGradient, added.PeepholeGradient);
        Assert.Equal(RecurrenceCase.Download(written.InitialHiddenGradient), RecurrenceCase.Download(added.InitialHiddenGradient));
    }

    [Fact]
    public void A_wrong_shape_is_named()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        RecurrenceCase test = new(CellKind.Tanh, 2, 2, 3, reverse: false, seed: 5);
        RecurrentDirection direction = test.On(device);
        ArgumentException e = Assert.Throws<ArgumentException>(() => device.RecurrentForward(CellKind.Lstm, test.LengthsOn(device), [direction], training: false));
        Assert.Contains("Gates", e.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 2, 12]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_a_gated_unit_needs_a_place_for_what_it_keeps()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        RecurrenceCase test = new(CellKind.GruResetAfter, 2, 2, 3, reverse: false, seed: 6);
        RecurrentDirection given = test.On(device);
        RecurrentDirection direction = new() { Reverse = false, Gates = given.Gates, Weight = given.Weight, Bias = given.Bias, Hidden = given.Hidden };
        ArgumentException e = Assert.Throws<ArgumentException>(() => device.RecurrentForward(test.Kind, test.LengthsOn(device), [direction], training: true));
        Assert.Contains("Kept is missing", e.Message, StringComparison.Ordinal);
    }

    private static void AssertClose(double[] expected, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(expected[i] - actual[i]) / Math.Max(1, Math.Abs(expected[i]));
            Assert.True(error < tolerance, $"{what}[{i}] is {actual[i]}, not {expected[i]}.");
        }
    }

    /// <summary>All entries of small arrays, a spread of those of large ones.</summary>
    private static void AssertSlopes(RecurrenceCase test, double[] values, Tensor? gradient, string what)
    {
        float[] actual = RecurrenceCase.Download(gradient);
        Assert.Equal(values.Length, actual.Length);
        double scale = 0;
        foreach (float value in actual)
        {
            Assert.True(float.IsFinite(value), $"The gradient of {what} holds {value}.");
            scale += (double)value * value;
        }

        scale = Math.Max(Math.Sqrt(scale / Math.Max(1, actual.Length)), 1e-3);
        int stride = Math.Max(1, values.Length / (test.Hidden > 40 || test.Batch > 4 ? 6 : 30));
        for (int i = 0; i < values.Length; i += stride)
        {
            double expected = test.Difference(values, i);
            double error = Math.Abs(expected - actual[i]) / Math.Max(Math.Abs(expected), scale);
            Assert.True(error < 1e-4, $"The gradient of {what}[{i}] is {actual[i]}, not {expected}.");
        }
    }

    private static void AssertHalfMore(Tensor? written, Tensor? added)
    {
        float[] first = RecurrenceCase.Download(written), second = RecurrenceCase.Download(added);
        Assert.Equal(first.Length, second.Length);
        for (int i = 0; i < first.Length; i++)
            Assert.Equal(first[i] + 0.5f, second[i], 1e-5f * Math.Max(1, Math.Abs(first[i])));
    }
}
