using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

public sealed class SoftmaxTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 2 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(5, 16)]
    [InlineData(900, 29)]
    [InlineData(40, 257)]
    public void Log_softmax_equals_its_definition(int rows, int columns)
    {
        float[] x = Values(rows * columns, 20);
        float[] y = Apply(x, rows, columns);
        for (int r = 0; r < rows; r++)
        {
            double normaliser = Math.Log(x.Skip(r * columns).Take(columns).Sum(v => Math.Exp(v)));
            for (int c = 0; c < columns; c++)
                Assert.Equal(x[(r * columns) + c] - normaliser, y[(r * columns) + c], 4e-6);
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        float[] y = Apply([1000, 0, -1000, -3e38f], 1, 4);
        Assert.Equal([0, -1000, -2000, -3e38f], y);
    }

    [Fact]
    public void A_logit_of_minus_infinity_is_an_impossible_class_and_one_that_is_no_number_spoils_its_row_alone()
    {
        float[] y = Apply([0, float.NegativeInfinity, 0, float.NaN, 1, 2, 0, 0, float.NegativeInfinity], 3, 3);
        Assert.Equal(-Math.Log(2), y[0], 1e-7);
        Assert.Equal(float.NegativeInfinity, y[1]);
        Assert.All(y[3..6], v => Assert.True(float.IsNaN(v)));
        Assert.Equal(-Math.Log(2), y[6], 1e-7);
    }

    [Theory]
    [InlineData(3, 7, false)]
    [InlineData(700, 29, true)]
    [InlineData(40, 257, false)]
    public void The_gradient_is_that_of_finite_differences(int rows, int columns, bool accumulate)
    {
        float[] x = Values(rows * columns, 3);
        float[] weights = Values(rows * columns, 1);
        float[] start = Values(rows * columns, 2);
        float[] y = Apply(x, rows, columns);
        Shape shape = new(rows, columns);
        Tensor dx = CtcCase.Upload(_device, start, shape);
        _device.LogSoftmaxBackward(CtcCase.Upload(_device, y, shape), CtcCase.Upload(_device, weights, shape), dx, accumulate);
        float[] gradient = new float[x.Length];
        _device.Download(dx, MemoryMarshal.AsBytes(gradient.AsSpan()));
        foreach (int r in new[] { 0, rows / 2, rows - 1 })
        {
            double[] row = [.. x.Skip(r * columns).Take(columns).Select(v => (double)v)];
            double Loss() => row.Select((v, c) => weights[(r * columns) + c] * (v - Math.Log(row.Sum(Math.Exp)))).Sum();
            for (int c = 0; c < columns; c += 1 + (columns / 10))
            {
                double v = row[c];
                row[c] = v + 1e-4;
                double above = Loss();
                row[c] = v - 1e-4;
                double below = Loss();
                row[c] = v;
                int i = (r * columns) + c;
                Assert.Equal(((above - below) / 2e-4) + (accumulate ? start[i] : 0), gradient[i], 1e-5);
            }
        }
    }

    private float[] Apply(float[] values, int rows, int columns)
    {
        Tensor x = CtcCase.Upload(_device, values, new Shape(rows, columns));
        Tensor y = _device.Allocate(ElementType.Float32, new Shape(rows, columns));
        _device.LogSoftmax(x, y);
        float[] result = new float[values.Length];
        _device.Download(y, MemoryMarshal.AsBytes(result.AsSpan()));
        _device.LogSoftmax(x, x);
        float[] inPlace = new float[values.Length];
        _device.Download(x, MemoryMarshal.AsBytes(inPlace.AsSpan()));
        Assert.Equal(result, inPlace);
        return result;
    }

    private static float[] Values(int count, double range)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(((random.NextDouble() * 2) - 1) * range))];
    }
}
