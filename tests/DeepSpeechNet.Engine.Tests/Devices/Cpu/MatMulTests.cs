using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;
using MathNet.Numerics.LinearAlgebra;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

public sealed class MatMulTests
{
    private static readonly int[] Extents = [1, 3, 7, 31, 33, 65, 257];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Products_agree_with_an_independent_library_in_double_precision(bool transposeA, bool transposeB)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 2 });
        foreach (int rows in Extents)
        {
            foreach (int columns in Extents)
            {
                foreach (int depth in Extents)
                {
                    float[] a = CpuTestDevice.Random(rows * depth, rows), b = CpuTestDevice.Random(columns * depth, 1000 + columns), bias = CpuTestDevice.Random(columns, 3);
                    Matrix<double> left = Dense(a, transposeA ? depth : rows, transposeA ? rows : depth), right = Dense(b, transposeB ? columns : depth, transposeB ? depth : columns);
                    Matrix<double> expected = (transposeA ? left.Transpose() : left) * (transposeB ? right.Transpose() : right);
                    Tensor x = device.Put(a, transposeA ? depth : rows, transposeA ? rows : depth), w = device.Put(b, transposeB ? columns : depth, transposeB ? depth : columns);
                    Tensor y = device.Allocate(ElementType.Float32, new Shape(rows, columns)), p = device.Put(bias, columns);
                    device.MatMul(x, transposeA, w, transposeB, y, bias: p, activation: Activation.Sigmoid);
                    float[] sigmoid = device.Get(y);
                    device.MatMul(x, transposeA, w, transposeB, y);
                    device.MatMul(x, transposeA, w, transposeB, y, accumulate: true);
                    float[] twice = device.Get(y);
                    double tolerance = 1e-6 * Math.Sqrt(depth) * 4;
                    for (int i = 0; i < rows; i++)
                    {
                        for (int j = 0; j < columns; j++)
                        {
                            Assert.Equal(1 / (1 + Math.Exp(-expected[i, j] - bias[j])), sigmoid[(i * columns) + j], tolerance);
                            Assert.Equal(2 * expected[i, j], twice[(i * columns) + j], 2 * tolerance);
                        }
                    }

                    foreach (Tensor tensor in new[] { x, w, y, p })
                        device.Release(tensor);
                }
            }
        }
    }

    [Fact]
    public void A_changed_weight_is_packed_again()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        Tensor x = device.Put([1, 2], 1, 2), w = device.Put([3, 4, 5, 6], 2, 2), y = device.Put([0, 0], 1, 2);
        w.IsParameter = true;
        device.MatMul(x, false, w, true, y);
        Assert.Equal([11, 17], device.Get(y));
        device.MatMul(x, false, w, false, y);
        Assert.Equal([13, 16], device.Get(y));
        device.Fill(w, 1);
        device.MatMul(x, false, w, true, y);
        Assert.Equal([3, 3], device.Get(y));
        device.MatMul(x, false, w, false, y);
        Assert.Equal([3, 3], device.Get(y));
    }

    [Fact]
    public void A_sequence_batch_is_a_matrix_of_its_frames()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        Tensor x = device.Put([1, 2, 3, 4, 5, 6, 7, 8], 2, 2, 2), w = device.Put([1, 1, 1, -1, 2, 0], 3, 2), y = device.Allocate(ElementType.Float32, new Shape(2, 2, 3));
        device.MatMul(x, false, w, true, y);
        Assert.Equal([3, -1, 2, 7, -1, 6, 11, -1, 10, 15, -1, 14], device.Get(y));
    }

    [Fact]
    public void Extents_that_do_not_match_are_refused()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        Tensor a = device.Put(new float[6], 2, 3), b = device.Put(new float[6], 2, 3), c = device.Put(new float[4], 2, 2), bias = device.Put(new float[3], 3);
        Assert.Throws<ArgumentException>(() => device.MatMul(a, false, b, false, c));
        Assert.Throws<ArgumentException>(() => device.MatMul(a, true, b, false, c));
        Assert.Throws<ArgumentException>(() => device.MatMul(a, false, b, true, c, bias: bias));
        Assert.Throws<ArgumentException>(() => device.MatMul(a, false, b, true, c, accumulate: true, activation: Activation.Relu));
    }

    [Fact]
    public void A_product_over_one_of_its_factors_is_refused_and_beside_it_is_not()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        Tensor whole = device.Put([1, 2, 3, 4, 0, 0, 0, 0], 8);
        Tensor a = whole.View(new Shape(2, 2)), beside = whole.View(new Shape(2, 2), 4), over = whole.View(new Shape(2, 2), 3);
        Assert.Throws<ArgumentException>(() => device.MatMul(a, false, a, false, over));
        device.MatMul(a, false, a, false, beside);
        Assert.Equal([1, 2, 3, 4, 7, 10, 15, 22], device.Get(whole));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(200)]
    public void Products_allocate_nothing_once_they_are_warm(int rows)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 2 });
        Tensor x = device.Put(new float[rows * 200], rows, 200), w = device.Put(new float[300 * 200], 300, 200), y = device.Put(new float[rows * 300], rows, 300);
        Tensor bias = device.Put(new float[300], 300), gradient = device.Put(new float[300 * 200], 300, 200);
        w.IsParameter = true;
        long least = Allocation.Least(() =>
        {
            device.MatMul(x, false, w, true, y, bias: bias, activation: Activation.ClippedRelu);
            device.MatMul(y, false, w, false, x);
            device.MatMul(y, true, x, false, gradient, accumulate: true);
        });
        Assert.Equal(0, least);
    }

    private static Matrix<double> Dense(float[] values, int rows, int columns) => Matrix<double>.Build.Dense(rows, columns, (i, j) => values[(i * columns) + j]);
}
