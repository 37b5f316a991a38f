using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Tests.Tensors;

public sealed class ShapeTests
{
    [Fact]
    public void Rows_and_columns_make_a_matrix_of_any_shape()
    {
        Shape shape = new(7, 3, 5);
        Assert.Equal((21, 5, 105L, 3), (shape.Rows, shape.Columns, shape.Count, shape.Rank));
        Assert.Equal("[7, 3, 5]", shape.ToString());
        Assert.Equal(new Shape(7, 3, 9), shape.WithColumns(9));
        Assert.NotEqual(new Shape(7, 3), shape);
        Assert.Equal((1, 4), (new Shape(4).Rows, new Shape(4).Columns));
    }

    [Fact]
    public void Counts_are_reckoned_in_64_bits() => Assert.Equal(10_000_000_000L, new Shape(100_000, 100_000).Count);

    [Fact]
    public void Negative_extents_and_too_many_of_them_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Shape(2, -1));
        Assert.Throws<ArgumentException>(() => new Shape(1, 1, 1, 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2)[1]);
    }
}
