using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Devices;

/// <summary>Rows of tables and the losses over them.</summary>
public abstract class RowsTests(Func<Device> create) : DeviceTests(create)
{
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
    public void An_index_past_the_table_is_refused()
    {
        Tensor table = Device.Floats(new Shape(3, 2), new float[6]), rows = Device.Poisoned(new Shape(1, 2));
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
}
