using System.Diagnostics;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>A short measurement: the product that networks spend their time in.</summary>
internal static class DeviceSpeed
{
    private const int Extent = 512;

    /// <summary>The shortest of a few products of 512 x 512 matrices, each with the wait for its end.</summary>
    public static TimeSpan ProductTime(Device device)
    {
        Shape square = new(Extent, Extent);
        Tensor a = device.Allocate(ElementType.Float32, square), b = device.Allocate(ElementType.Float32, square), c = device.Allocate(ElementType.Float32, square);
        device.Fill(a, 1);
        device.Fill(b, 1);
        byte[] first = new byte[sizeof(float)];
        TimeSpan best = TimeSpan.MaxValue;
        for (int run = 0; run < 5; run++)
        {
            long start = Stopwatch.GetTimestamp();
            device.MatMul(a, false, b, true, c);
            device.Download(c.View(new Shape(1)), first);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            best = time < best ? time : best;
        }

        device.Release(a);
        device.Release(b);
        device.Release(c);
        return best;
    }
}
