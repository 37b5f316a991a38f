using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

public sealed class ElementwiseTests
{
    public static TheoryData<int, int> SizesAndThreads
    {
        get
        {
            TheoryData<int, int> data = [];
            foreach (int count in new[] { 1, 3, 7, 31, 33, 65, 257, 200_003 })
            {
                foreach (int threads in new[] { 1, 2, 3 })
                    data.Add(count, threads);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(SizesAndThreads))]
    public void Sums_products_and_multiples_follow_their_formulas(int count, int threads)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
        float[] a = CpuTestDevice.Random(count, 1), b = CpuTestDevice.Random(count, 2), old = CpuTestDevice.Random(count, 3);
        Tensor x = device.Put(a, count), z = device.Put(b, count), y = device.Put(old, count);
        device.Add(x, z, y);
        AssertAll(device.Get(y), i => a[i] + b[i]);
        device.Multiply(x, z, y);
        AssertAll(device.Get(y), i => a[i] * b[i]);
        device.Scale(x, 0.3f, y);
        AssertAll(device.Get(y), i => 0.3f * a[i]);
        y = device.Put(old, count);
        device.Multiply(x, z, y, accumulate: true);
        AssertAll(device.Get(y), i => MathF.FusedMultiplyAdd(a[i], b[i], old[i]));
        y = device.Put(old, count);
        device.Scale(x, 0.3f, y, accumulate: true);
        AssertAll(device.Get(y), i => MathF.FusedMultiplyAdd(0.3f, a[i], old[i]));
        device.Fill(y, 2.5f);
        AssertAll(device.Get(y), _ => 2.5f);
        device.Add(x, x, x);
        AssertAll(device.Get(x), i => 2 * a[i]);
    }

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.ClippedRelu)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Sigmoid)]
    public void Activations_and_their_derivatives_follow_their_formulas(Activation activation)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 2 });
        foreach (int count in new[] { 1, 7, 33, 257, 100_001 })
        {
            float[] a = CpuTestDevice.Random(count, 1, 25), d = CpuTestDevice.Random(count, 2), old = CpuTestDevice.Random(count, 3);
            Tensor x = device.Put(a, count), dy = device.Put(d, count), dx = device.Put(old, count), y = device.Allocate(ElementType.Float32, new Shape(count));
            device.Activate(activation, x, y);
            float[] values = device.Get(y);
            device.ActivateBackward(activation, y, dy, dx, accumulate: true);
            float[] added = device.Get(dx);
            device.ActivateBackward(activation, y, dy, dx);
            float[] written = device.Get(dx);
            device.ActivateBackward(activation, y, dy, dy);
            Assert.Equal(written, device.Get(dy));
            device.Activate(activation, x, x);
            Assert.Equal(values, device.Get(x));
            for (int i = 0; i < count; i++)
            {
                double v = a[i];
                (double value, double slope) = activation switch
                {
                    Activation.ClippedRelu => (Math.Min(Math.Max(0, v), 20), v is > 0 and < 20 ? 1 : 0),
                    Activation.Relu => (Math.Max(0, v), v > 0 ? 1 : 0),
                    Activation.Tanh => (Math.Tanh(v), 1 - Math.Pow(Math.Tanh(v), 2)),
                    Activation.Sigmoid => (1 / (1 + Math.Exp(-v)), Math.Exp(-v) / Math.Pow(1 + Math.Exp(-v), 2)),
                    _ => (v, 1.0),
                };
                Assert.Equal(value, values[i], 2e-7 * Math.Max(1, Math.Abs(value)));
                Assert.Equal(d[i] * slope, written[i], 4e-7);
                Assert.Equal(old[i] + (d[i] * slope), added[i], 6e-7);
            }
        }
    }

    [Fact]
    public void Columns_are_copied_or_added_and_their_neighbours_left_alone()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 2 });
        foreach ((int rows, int columns) in new[] { (1, 1), (5, 33), (3000, 40) })
        {
            float[] from = CpuTestDevice.Random(rows * (columns + 3), 1), to = CpuTestDevice.Random(rows * (columns + 5), 2);
            foreach (bool accumulate in new[] { false, true })
            {
                Tensor x = device.Put(from, rows, columns + 3), y = device.Put(to, rows, columns + 5);
                int version = y.Buffer.Version;
                device.CopyColumns(x, 2, y, 4, columns, accumulate);
                AssertAll(device.Get(y), i =>
                {
                    int row = i / (columns + 5), column = (i % (columns + 5)) - 4;
                    return column < 0 || column >= columns ? to[i] : from[(row * (columns + 3)) + column + 2] + (accumulate ? to[i] : 0);
                });
                Assert.NotEqual(version, y.Buffer.Version);
            }
        }

        Tensor a = device.Put(new float[6], 2, 3), b = device.Put(new float[9], 3, 3), c = device.Put(new float[6], 2, 3);
        Assert.Throws<ArgumentException>(() => device.CopyColumns(a, 0, b, 0, 3, false));
        Assert.Throws<ArgumentException>(() => device.CopyColumns(a, 1, c, 0, 3, false));
    }

    [Fact]
    public void Sums_over_rows_are_exact_to_rounding_and_the_same_for_any_number_of_threads()
    {
        foreach ((int rows, int columns) in new[] { (1, 1), (3, 7), (257, 33), (1000, 129), (4001, 300) })
        {
            float[] values = CpuTestDevice.Random(rows * columns, 1), old = CpuTestDevice.Random(columns, 2);
            float[]? first = null;
            foreach (int threads in new[] { 1, 2, 3 })
            {
                using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
                Tensor x = device.Put(values, rows, columns), y = device.Put(old, columns);
                device.SumRows(x, y, accumulate: true);
                float[] added = device.Get(y);
                device.SumRows(x, y);
                float[] sums = device.Get(y);
                for (int j = 0; j < columns; j++)
                {
                    double sum = 0;
                    for (int i = 0; i < rows; i++)
                        sum += values[(i * columns) + j];
                    Assert.Equal(sum, sums[j], 1e-7 * rows);
                    Assert.Equal(old[j] + sums[j], added[j]);
                }

                first ??= sums;
                Assert.Equal(first, sums);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SizesAndThreads))]
    public void Dropout_keeps_what_the_counter_says(int count, int threads)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
        float[] a = CpuTestDevice.Random(count, 1), old = CpuTestDevice.Random(count, 2);
        foreach (float rate in new[] { 0f, 0.1f, 0.5f, 0.9999f })
        {
            const ulong seed = 0xFEDCBA9876543210UL;
            Tensor x = device.Put(a, count), y = device.Put(old, count);
            device.Dropout(x, rate, seed, y, accumulate: true);
            AssertAll(device.Get(y), i => old[i] + Expected(i));
            device.Dropout(x, rate, seed, y);
            AssertAll(device.Get(y), Expected);
            float Expected(int i) => CounterRandom.Uniform(seed, (ulong)i) >= rate ? a[i] / (1 - rate) : 0;
        }
    }

    [Fact]
    public void A_dropped_element_is_zero_even_where_it_was_not_finite()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        float[] values = new float[100];
        Array.Fill(values, float.NaN);
        Tensor x = device.Put(values, 100);
        device.Dropout(x, 0.5f, 1, x);
        float[] y = device.Get(x);
        Assert.Contains(0f, y);
        Assert.Contains(float.NaN, y);
    }

    [Fact]
    public void A_rate_out_of_range_and_different_sizes_are_refused()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        Tensor x = device.Put([1, 2], 2), y = device.Put([1, 2, 3], 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Dropout(x, 1, 0, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Dropout(x, float.NaN, 0, x));
        Assert.Throws<ArgumentException>(() => device.Add(x, x, y));
        Assert.Throws<ArgumentException>(() => device.SumRows(x, y));
    }

    private static void AssertAll(float[] actual, Func<int, float> expected)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            if (actual[i] != expected(i))
                Assert.Fail($"element {i} is {actual[i]}, not {expected(i)}");
        }
    }
}
