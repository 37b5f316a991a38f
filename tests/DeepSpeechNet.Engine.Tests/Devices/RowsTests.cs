using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Devices;

/// <summary>Rows of tables and the losses over them.</summary>
public abstract class RowsTests(Func<Device> create) : DeviceTests(create)
{
    /// <summary>Whether the device can tell at once that an index is past its table; others give NaN there.</summary>
    protected virtual bool ChecksIndices => true;

    [Fact]
    public void Rows_are_gathered_and_padding_is_zero()
    {
        Tensor y = Device.Poisoned(new Shape(2, 2, 3));
        Device.GatherRows(Device.Floats(new Shape(3, 3), [1, 2, 3, 4, 5, 6, 7, 8, 9]), Device.Integers(2, -1, 0, 2), y);
        Assert.Equal([7, 8, 9, 0, 0, 0, 1, 2, 3, 7, 8, 9], y.ToArray());
    }

    [Fact]
    public void Rows_are_added_where_their_indices_say()
    {
        Tensor table = Device.Floats(new Shape(3, 2), [1, 1, 2, 2, 3, 3]);
        int version = table.Buffer.Version;
        Device.ScatterAddRows(Device.Floats(new Shape(4, 2), [10, 20, 100, 200, float.NaN, 7, 1000, 2000]), Device.Integers(2, 0, -3, 2), table);
        Assert.Equal([101, 201, 2, 2, 1013, 2023], table.ToArray());
        Assert.True(table.Buffer.Version > version, "forms derived from the table would not be renewed");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(20_000)]
    public void Terms_of_a_row_are_added_in_order(int columns)
    {
        // 1e8 + 1 rounds to 1e8: another order would leave another number.
        float[] rows = [.. Enumerable.Repeat(1e8f, columns), .. Enumerable.Repeat(1f, columns), .. Enumerable.Repeat(-1e8f, columns), .. Enumerable.Repeat(2f, columns)];
        Tensor table = Device.Floats(new Shape(2, columns), new float[2 * columns]);
        Device.ScatterAddRows(Device.Floats(new Shape(4, columns), rows), Device.Integers(1, 1, 1, 1), table);
        Assert.All(table.ToArray()[columns..], x => Assert.Equal(2, x));
    }

    [Fact]
    public void An_index_past_the_table_is_refused_or_gives_no_number()
    {
        Tensor table = Device.Floats(new Shape(3, 2), new float[6]), rows = Device.Floats(new Shape(1, 2), [1, 1]);
        if (!ChecksIndices)
        {
            Device.ScatterAddRows(rows, Device.Integers(3), table);
            Assert.Equal(new float[6], table.ToArray());
            Device.GatherRows(table, Device.Integers(3), rows);
            Assert.All(rows.ToArray(), x => Assert.True(float.IsNaN(x)));
            Tensor losses = Device.Floats(new Shape(1), [0]);
            Device.SoftmaxCrossEntropy(rows, Device.Integers(2), losses, null, 1);
            Assert.True(float.IsNaN(losses.ToArray()[0]));
            return;
        }

        Assert.Contains("past the last of 3", Assert.Throws<ArgumentException>(() => Device.GatherRows(table, Device.Integers(3), rows)).Message);
        Assert.Throws<ArgumentException>(() => Device.ScatterAddRows(rows, Device.Integers(3), table));
        Assert.Throws<ArgumentException>(() => Device.SoftmaxCrossEntropy(rows, Device.Integers(2), Device.Poisoned(new Shape(1)), null, 1));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_row_of_logits_that_are_no_numbers_spoils_its_own_loss_alone(float wrong)
    {
        Tensor losses = Device.Poisoned(new Shape(2)), gradient = Device.Poisoned(new Shape(2, 3));
        Device.SoftmaxCrossEntropy(Device.Floats(new Shape(2, 3), [1, wrong, 0, 0, 0, 0]), Device.Integers(0, 1), losses, gradient, 1);
        Assert.True(float.IsNaN(losses.ToArray()[0]));
        Assert.Equal(Math.Log(3), losses.ToArray()[1], 1e-6);
        Assert.Equal([0, 0, 0], gradient.ToArray()[..3]);
        Assert.Equal(-2.0 / 3, gradient.ToArray()[4], 1e-6);
    }

    [Fact]
    public void Huge_logits_do_not_overflow()
    {
        Tensor losses = Device.Poisoned(new Shape(1)), gradient = Device.Poisoned(new Shape(1, 4));
        Device.SoftmaxCrossEntropy(Device.Floats(new Shape(1, 4), [3e38f, 0, float.NegativeInfinity, 3e38f]), Device.Integers(0), losses, gradient, 2);
        Assert.Equal(Math.Log(2), losses.ToArray()[0], 1e-6);
        Assert.Equal([-1, 0, 0, 1], gradient.ToArray());
    }

    [Fact]
    public void Padding_counts_in_no_sum()
    {
        Tensor state = Device.Floats(new Shape(StepState.Length), new float[StepState.Length]);
        Device.SumLosses(Device.Floats(new Shape(4), [1.5f, float.NaN, 2.5f, 0]), state, Device.Integers(3, -1, 0, -1));
        StepState read = new(state.ToArray());
        Assert.Equal(2, read.ScoredUtterances);
        Assert.Equal(2f, read.MeanLoss);
        Assert.False(read.Skipped);
    }

    [Fact]
    public void Rows_of_equal_index_are_added_up_in_order_and_the_rest_is_none()
    {
        RowGradient first = new(Device.Integers(7, -1, 2, 7), Device.Floats(new Shape(4, 2), [1e8f, 1, float.NaN, float.NaN, 2, 3, 1, 1]));
        RowGradient second = new(Device.Integers(0, 7), Device.Floats(new Shape(2, 2), [4, 5, -1e8f, 2]));
        RowGradient sum = new(Device.Integers(9, 9, 9, 9, 9, 9), Device.Poisoned(new Shape(6, 2)));
        Device.CoalesceRows([first, second], sum);
        int[] indices = new int[6];
        Device.Download(sum.Indices, System.Runtime.InteropServices.MemoryMarshal.AsBytes(indices.AsSpan()));
        Assert.Equal([0, 2, 7, -1, -1, -1], indices);
        Assert.Equal([4, 5, 2, 3, 0, 4], sum.Rows.ToArray()[..6]);
    }

    [Fact]
    public void Rows_that_are_none_take_no_part_in_the_norm()
    {
        Tensor state = Device.Floats(new Shape(StepState.Length), new float[StepState.Length]);
        RowGradient rows = new(Device.Integers(3, 1, -1), Device.Floats(new Shape(3, 2), [2, 1, 2, 4, float.NaN, float.NaN]));
        Device.GradientNorm(Device.Floats(new Shape(3), [2, 4, 2]), [rows], 3.5f, state);
        Assert.Equal(7, state.ToArray()[StepState.GradientNorm]);
        Assert.Equal(0.5f, state.ToArray()[StepState.ClipFactor]);
        Assert.False(new StepState(state.ToArray()).Skipped);
    }

    [Theory]
    [InlineData(OptimiserKind.Sgd, 0)]
    [InlineData(OptimiserKind.Sgd, 0.9f)]
    [InlineData(OptimiserKind.Nesterov, 0.9f)]
    [InlineData(OptimiserKind.Adam, 0.9f)]
    public void A_step_on_rows_is_the_dense_step_on_those_rows_and_leaves_the_others(OptimiserKind kind, float momentum)
    {
        const int Columns = 13;
        Shape table = new(5, Columns), two = new(2 * Columns);
        float[] w = RandomNumbers.Floats(1, table.Count), m = RandomNumbers.Floats(2, table.Count), v = RandomNumbers.Floats(3, table.Count, 1, 1), g = RandomNumbers.Floats(4, 3 * Columns);
        float[] scalars = new float[StepState.Length];
        scalars[StepState.ClipFactor] = 0.6f;
        Tensor state = Device.Floats(new Shape(StepState.Length), scalars);
        OptimiserStep step = new() { Kind = kind, LearningRate = 0.1f, Momentum = momentum, SecondMomentum = 0.99f, Epsilon = 1e-8f, WeightDecay = 0.1f, StepNumber = 3 };

        Tensor values = Device.Floats(table, w), first = Device.Floats(table, m), second = Device.Floats(table, v);
        Device.OptimiseRows(step, values, new RowGradient(Device.Integers(4, 1, -1), Device.Floats(new Shape(3, Columns), g)), first, second, state);
        float[] Rows(float[] x) => [.. x[(4 * Columns)..], .. x[Columns..(2 * Columns)]];
        Tensor denseValues = Device.Floats(two, Rows(w)), denseFirst = Device.Floats(two, Rows(m)), denseSecond = Device.Floats(two, Rows(v));
        Device.Optimise(step, denseValues, Device.Floats(two, g.AsSpan(0, 2 * Columns)), denseFirst, denseSecond, state);

        foreach ((Tensor actual, Tensor expected, float[] before) in ((Tensor, Tensor, float[])[])[(values, denseValues, w), (first, denseFirst, m), (second, denseSecond, v)])
        {
            float[] after = actual.ToArray();
            Assert.Equal(expected.ToArray(), Rows(after));
            foreach (int row in (int[])[0, 2, 3])
                Assert.Equal(before[(row * Columns)..((row + 1) * Columns)], after[(row * Columns)..((row + 1) * Columns)]);
        }

        Assert.NotEqual(Rows(w), Rows(values.ToArray()));
    }

    [Fact]
    public void Inner_products_and_multiples_of_rows()
    {
        float[] a = RandomNumbers.Floats(1, 3 * 71), b = RandomNumbers.Floats(2, 3 * 71);
        Tensor y = Device.Floats(new Shape(3), [1, 2, 3]);
        Device.RowDots(Device.Floats(new Shape(3, 71), a), Device.Floats(new Shape(3, 71), b), y, accumulate: true);
        float[] dots = y.ToArray();
        for (int r = 0; r < 3; r++)
            Assert.Equal(r + 1 + Enumerable.Range(r * 71, 71).Sum(i => (double)a[i] * b[i]), dots[r], 1e-5);
        Tensor scaled = Device.Floats(new Shape(3, 71), b);
        Device.ScaleRows(Device.Floats(new Shape(3, 71), a), y, scaled, accumulate: true);
        Assert.Equal(b[100] + (dots[1] * (double)a[100]), scaled.ToArray()[100], 1e-5);
        Device.ScaleRows(Device.Floats(new Shape(3, 71), a), y, scaled);
        Assert.Equal(dots[2] * a[150], scaled.ToArray()[150]);
    }
}
