using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

/// <summary>Arrays to tensors and back.</summary>
internal static class CpuTestDevice
{
    public static Tensor Put(this Device device, float[] values, params ReadOnlySpan<int> extents)
    {
        Tensor tensor = device.Allocate(ElementType.Float32, new Shape(extents));
        device.Upload(MemoryMarshal.AsBytes<float>(values), tensor);
        return tensor;
    }

    public static float[] Get(this Device device, Tensor tensor)
    {
        float[] values = new float[tensor.Count];
        device.Download(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public static float[] Random(int count, int seed, float scale = 1)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = ((2 * random.NextSingle()) - 1) * scale;
        return values;
    }
}
