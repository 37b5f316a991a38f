using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

public sealed class FramesTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 2 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(1, 1, 1, 0, 1)]
    [InlineData(5, 2, 3, 1, 1)]
    [InlineData(5, 2, 3, 7, 2)]
    [InlineData(100, 3, 40, 9, 2)]
    [InlineData(31, 1, 33, 2, 5)]
    public void A_window_holds_its_neighbours_and_its_gradient_flows_back_to_them(int frames, int batch, int features, int context, int stride)
    {
        int windows = (frames + stride - 1) / stride;
        int copies = (2 * context) + 1;
        float[] x = Values(frames * batch * features, 1);
        float[] dy = Values(windows * batch * copies * features, 2);
        float[] start = Values(x.Length, 3);
        float[] expected = new float[dy.Length];
        double[] expectedGradient = new double[x.Length];
        for (int t = 0; t < windows; t++)
        {
            for (int b = 0; b < batch; b++)
            {
                for (int j = 0; j < copies; j++)
                {
                    int frame = (t * stride) + j - context;
                    for (int f = 0; f < features && frame >= 0 && frame < frames; f++)
                    {
                        int wide = (((((t * batch) + b) * copies) + j) * features) + f;
                        int narrow = (((frame * batch) + b) * features) + f;
                        expected[wide] = x[narrow];
                        expectedGradient[narrow] += dy[wide];
                    }
                }
            }
        }

        Shape narrowShape = new(frames, batch, features);
        Shape wideShape = new(windows, batch, copies * features);
        Tensor y = CtcCase.Upload(_device, new float[dy.Length], wideShape);
        _device.ContextWindow(CtcCase.Upload(_device, x, narrowShape), context, stride, y);
        Assert.Equal(expected, Download(y));

        Tensor dx = CtcCase.Upload(_device, start, narrowShape);
        Tensor upstream = CtcCase.Upload(_device, dy, wideShape);
        _device.ContextWindowBackward(upstream, context, stride, dx, accumulate: false);
        float[] gradient = Download(dx);
        for (int i = 0; i < x.Length; i++)
            Assert.Equal(expectedGradient[i], gradient[i], 1e-5);

        dx = CtcCase.Upload(_device, start, narrowShape);
        _device.ContextWindowBackward(upstream, context, stride, dx, accumulate: true);
        gradient = Download(dx);
        for (int i = 0; i < x.Length; i++)
            Assert.Equal(expectedGradient[i] + start[i], gradient[i], 1e-5);
    }

    [Fact]
    public void Shapes_that_do_not_belong_together_are_refused()
    {
        Tensor x = _device.Allocate(ElementType.Float32, new Shape(5, 2, 3));
        Tensor y = _device.Allocate(ElementType.Float32, new Shape(5, 2, 6));
        Assert.Throws<ArgumentException>(() => _device.ContextWindow(x, 1, 1, y));
    }

    private float[] Download(Tensor tensor)
    {
        float[] values = new float[tensor.Count];
        _device.Download(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static float[] Values(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
