using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;
using MathNet.Numerics.LinearAlgebra;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>The tiled product, with extents around those of a tile and of the piece that goes through shared memory.</summary>
public sealed class MatMulTests : IDisposable
{
    private readonly IlgpuDevice _device = TestedDevices.CreateWide();

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(16, 16, 16)]
    [InlineData(17, 15, 33)]
    [InlineData(3, 40, 31)]
    [InlineData(35, 2, 5)]
    public void Products_agree_with_an_independent_library(int rows, int columns, int depth)
    {
        foreach ((bool transposeA, bool transposeB) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            Matrix<double> left = Random(rows, depth, 1), right = Random(depth, columns, 2), expected = left * right;
            float[] bias = RandomNumbers.Floats(3, columns);
            Tensor a = Put(_device, transposeA ? left.Transpose() : left), b = Put(_device, transposeB ? right.Transpose() : right), c = _device.Poisoned(new Shape(rows, columns));
            _device.MatMul(a, transposeA, b, transposeB, c, bias: _device.Floats(new Shape(columns), bias), activation: Activation.Tanh);
            AssertClose((i, j) => Math.Tanh(expected[i, j] + bias[j]), c);
            _device.MatMul(a, transposeA, b, transposeB, c);
            _device.MatMul(a, transposeA, b, transposeB, c, accumulate: true);
            AssertClose((i, j) => 2 * expected[i, j], c);
        }
    }

    /// <summary>Just over what the larger tiles take, so that most of them are whole and the last ones hang over.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Large_products_agree_with_an_independent_library(bool transposeA, bool transposeB)
    {
        using IlgpuDevice own = TestedDevices.CreateWide(new CardOptions { VendorLibrary = false });
        int rows = TestedDevices.LargeExtent + 2, columns = TestedDevices.LargeExtent + 5, depth = 11;
        Matrix<double> left = Random(rows, depth, 1), right = Random(depth, columns, 2), expected = left * right;
        float[] bias = RandomNumbers.Floats(3, columns);
        foreach (IlgpuDevice device in new[] { _device, own })
        {
            Tensor a = Put(device, transposeA ? left.Transpose() : left), b = Put(device, transposeB ? right.Transpose() : right), c = device.Poisoned(new Shape(rows, columns));
            device.MatMul(a, transposeA, b, transposeB, c, bias: device.Floats(new Shape(columns), bias), activation: Activation.Relu);
            AssertClose((i, j) => Math.Max(0, expected[i, j] + bias[j]), c, 1e-4);
            device.MatMul(a, transposeA, b, transposeB, c);
            device.MatMul(a, transposeA, b, transposeB, c, accumulate: true);
            AssertClose((i, j) => 2 * expected[i, j], c);
        }
    }

    /// <summary>A row of a large product has the bits that it has alone.</summary>
    [Fact]
    public void Larger_tiles_change_no_bit()
    {
        using IlgpuDevice own = TestedDevices.CreateWide(new CardOptions { VendorLibrary = false });
        int rows = TestedDevices.LargeExtent, depth = 23;
        float[] x = RandomNumbers.Floats(1, rows * depth);
        Tensor all = own.Floats(new Shape(rows, depth), x), alone = own.Floats(new Shape(1, depth), x.AsSpan((rows - 3) * depth, depth)), weight = own.Floats(new Shape(rows, depth), RandomNumbers.Floats(2, rows * depth));
        Tensor together = own.Poisoned(new Shape(rows, rows)), single = own.Poisoned(new Shape(1, rows));
        own.MatMul(all, false, weight, true, together);
        own.MatMul(alone, false, weight, true, single);
        Assert.Equal(together.ToArray()[((rows - 3) * rows)..((rows - 2) * rows)], single.ToArray());
    }

    [Fact]
    public void Factors_are_rounded_to_bfloat16_where_that_is_asked_for()
    {
        using IlgpuDevice device = TestedDevices.CreateWide(new CardOptions { Precision = ProductPrecision.BFloat16 });
        float[] values = [0, -0f, 1, 1.00390625f, 1.01171875f, -1.0039063f, 3.14159274f, 1e-40f, -65504, 1e38f, float.MaxValue, float.NegativeInfinity, .. RandomNumbers.Floats(5, 200)];
        Tensor x = device.Floats(new Shape(values.Length, 1), values), one = device.Floats(new Shape(1, 1), [1]), y = device.Poisoned(new Shape(values.Length, 1));
        device.MatMul(x, false, one, false, y);
        Assert.Equal(Array.ConvertAll(values, BFloat16), y.ToArray());
        device.MatMul(device.Floats(new Shape(1, 1), [float.NaN]), false, one, false, y = device.Poisoned(new Shape(1, 1)));
        Assert.True(float.IsNaN(y.ToArray()[0]));
        Assert.Contains("bfloat16", device.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(17, 15, 33)]
    [InlineData(35, 2, 5)]
    public void Products_in_bfloat16_are_those_of_rounded_factors(int rows, int columns, int depth)
    {
        using IlgpuDevice device = TestedDevices.CreateWide(new CardOptions { Precision = ProductPrecision.BFloat16 });
        float[] left = RandomNumbers.Floats(1, rows * depth), right = RandomNumbers.Floats(2, depth * columns);
        Tensor c = device.Poisoned(new Shape(rows, columns));
        device.MatMul(device.Floats(new Shape(rows, depth), left), false, device.Floats(new Shape(depth, columns), right), false, c);
        Matrix<double> expected = Matrix<double>.Build.Dense(rows, depth, (i, k) => BFloat16(left[(i * depth) + k])) * Matrix<double>.Build.Dense(depth, columns, (k, j) => BFloat16(right[(k * columns) + j]));
        AssertClose((i, j) => expected[i, j], c);
    }

    /// <summary>Past a tile of tensor cores, where a card has them, on either side; factors as they lie and transposed. Tensor cores cut sums where others round them.</summary>
    [Theory]
    [InlineData(ProductPrecision.BFloat16, false, false)]
    [InlineData(ProductPrecision.BFloat16, false, true)]
    [InlineData(ProductPrecision.BFloat16, true, false)]
    [InlineData(ProductPrecision.BFloat16, true, true)]
    [InlineData(ProductPrecision.TensorFloat32, false, false)]
    [InlineData(ProductPrecision.TensorFloat32, false, true)]
    [InlineData(ProductPrecision.TensorFloat32, true, false)]
    [InlineData(ProductPrecision.TensorFloat32, true, true)]
    public void Larger_products_are_those_of_rounded_factors(ProductPrecision precision, bool transposeA, bool transposeB)
    {
        using IlgpuDevice device = TestedDevices.CreateWide(new CardOptions { Precision = precision, VendorLibrary = false });
        int rows = TestedDevices.TensorExtent + 3, columns = TestedDevices.TensorExtent + 6, depth = 75;
        Matrix<double> a = Random(rows, depth, 1).Map(x => (double)BFloat16((float)x)), b = Random(depth, columns, 2).Map(x => (double)BFloat16((float)x)), expected = a * b;
        Tensor left = Put(device, transposeA ? a.Transpose() : a), right = Put(device, transposeB ? b.Transpose() : b), c = device.Poisoned(new Shape(rows, columns));
        float[] bias = RandomNumbers.Floats(3, columns);
        device.MatMul(left, transposeA, right, transposeB, c, bias: device.Floats(new Shape(columns), bias), activation: Activation.Relu);
        AssertClose((i, j) => Math.Max(0, expected[i, j] + bias[j]), c, 1e-4);
        device.MatMul(left, transposeA, right, transposeB, c, accumulate: true);
        AssertClose((i, j) => Math.Max(0, expected[i, j] + bias[j]) + expected[i, j], c, 1e-4);
    }

    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(1.00048828125f, 1.0009765625f)]
    [InlineData(-1.00048828125f, -1.0009765625f)]
    [InlineData(1.00048816204071044921875f, 1f)]
    [InlineData(3.14159274f, 3.140625f)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Factors_for_TF32_have_ten_bits_of_fraction(float x, float expected) => Assert.Equal(expected, BitConverter.UInt32BitsToSingle(Kernels.KernelMath.ToTf32(x)));

    [Fact]
    public void A_neighbour_changes_no_bit()
    {
        float[] x = RandomNumbers.Floats(1, 40 * 37), w = RandomNumbers.Floats(2, 21 * 37);
        Tensor all = _device.Floats(new Shape(40, 37), x), alone = _device.Floats(new Shape(1, 37), x.AsSpan(39 * 37, 37)), weight = _device.Floats(new Shape(21, 37), w);
        Tensor together = _device.Poisoned(new Shape(40, 21)), single = _device.Poisoned(new Shape(1, 21));
        _device.MatMul(all, false, weight, true, together);
        _device.MatMul(alone, false, weight, true, single);
        Assert.Equal(together.ToArray()[(39 * 21)..], single.ToArray());
    }

    [Fact]
    public void A_product_over_a_factor_and_extents_that_do_not_match_are_refused()
    {
        Tensor whole = _device.Floats(new Shape(8), [1, 2, 3, 4, 0, 0, 0, 0]), a = whole.View(new Shape(2, 2)), beside = whole.View(new Shape(2, 2), 4);
        Assert.Throws<ArgumentException>(() => _device.MatMul(a, false, a, false, whole.View(new Shape(2, 2), 3)));
        Assert.Throws<ArgumentException>(() => _device.MatMul(a, false, _device.Poisoned(new Shape(3, 2)), false, beside));
        _device.MatMul(a, false, a, false, beside);
        Assert.Equal([1, 2, 3, 4, 7, 10, 15, 22], whole.ToArray());
    }

    /// <summary>The nearest number with 8 significant bits, of two the even one, by rounding in double precision.</summary>
    private static float BFloat16(float x)
    {
        if (x == 0 || !float.IsFinite(x))
            return x;
        double step = Math.ScaleB(1, Math.Max(Math.ILogB(x), -126) - 7), rounded = Math.Round(x / step, MidpointRounding.ToEven) * step;
        return (float)rounded;
    }

    private static Matrix<double> Random(int rows, int columns, int seed)
    {
        float[] values = RandomNumbers.Floats(seed, rows * columns);
        return Matrix<double>.Build.Dense(rows, columns, (i, j) => values[(i * columns) + j]);
    }

    private static Tensor Put(IlgpuDevice device, Matrix<double> m) => device.Floats(new Shape(m.RowCount, m.ColumnCount), Array.ConvertAll(m.Transpose().ToColumnMajorArray(), x => (float)x));

    private static void AssertClose(Func<int, int, double> expected, Tensor actual, double tolerance = 2e-5)
    {
        float[] values = actual.ToArray();
        int columns = actual.Shape.Columns;
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(expected(i / columns, i % columns), values[i], tolerance);
    }
}
