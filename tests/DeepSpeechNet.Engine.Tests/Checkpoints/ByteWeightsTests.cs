using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Tests.Checkpoints;

public sealed class ByteWeightsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 16)]
    [InlineData(5, 37)]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    public void No_weight_moves_by_more_than_half_its_rows_scale_and_the_largest_not_at_all(int rows, int columns)
    {
        Random random = new(7);
        float[] weights = [.. Enumerable.Range(0, rows * columns).Select(i => (random.NextSingle() - 0.5f) * MathF.Pow(10, i / Math.Max(1, columns)))], back = new float[weights.Length], scales = new float[rows];
        sbyte[] quantised = new sbyte[weights.Length];
        ByteWeights.Quantise(weights, quantised, scales);
        ByteWeights.Widen(quantised, scales, back);
        for (int i = 0; i < weights.Length; i++)
        {
            float[] row = weights[(i / columns * columns)..((i / columns * columns) + columns)];
            float largest = row.Max(Math.Abs);
            Assert.Equal(largest / 127, scales[i / columns], largest * 1e-6f);
            Assert.True(Math.Abs(weights[i] - back[i]) <= scales[i / columns] * 0.50001f, $"{weights[i]} became {back[i]}");
            if (Math.Abs(weights[i]) == largest)
                Assert.Equal(127, Math.Abs((int)quantised[i]));
        }
    }

    [Fact]
    public void A_row_of_zeros_stays_one()
    {
        float[] back = new float[4], scales = new float[2];
        sbyte[] quantised = new sbyte[4];
        ByteWeights.Quantise([0, 0, 1, -2], quantised, scales);
        ByteWeights.Widen(quantised, scales, back);
        Assert.Equal([0, 0, 1, -2], back, (a, b) => Math.Abs(a - b) < 0.01f);
        Assert.Equal(0, scales[0]);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ByteWeights.Quantise(new float[4], new sbyte[3], new float[2]));
        Assert.Throws<ArgumentException>(() => ByteWeights.Widen(new sbyte[5], new float[2], new float[5]));
        Assert.Throws<ArgumentException>(() => ByteWeights.Widen(new sbyte[5], [], new float[5]));
    }
}
