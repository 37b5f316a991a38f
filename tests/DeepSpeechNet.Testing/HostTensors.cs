using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Testing;

/// <summary>Numbers to a device and back, in one call each.</summary>
public static class HostTensors
{
    /// <summary>A float32 tensor of the given numbers.</summary>
    public static Tensor Floats(this Device device, Shape shape, ReadOnlySpan<float> values)
    {
        Tensor tensor = device.Allocate(ElementType.Float32, shape);
        device.Upload(MemoryMarshal.AsBytes(values), tensor);
        return tensor;
    }

    /// <summary>A vector of the given integers.</summary>
    public static Tensor Integers(this Device device, params ReadOnlySpan<int> values)
    {
        Tensor tensor = device.Allocate(ElementType.Int32, new Shape(values.Length));
        device.Upload(MemoryMarshal.AsBytes(values), tensor);
        return tensor;
    }

    /// <summary>A float32 tensor of quiet NaNs: what is never written shows.</summary>
    public static Tensor Poisoned(this Device device, Shape shape)
    {
        float[] values = new float[shape.Count];
        values.AsSpan().Fill(float.NaN);
        return device.Floats(shape, values);
    }

    /// <summary>The numbers of a float32 tensor.</summary>
    public static float[] ToArray(this Tensor tensor)
    {
        float[] values = new float[tensor.Count];
        tensor.Device.Download(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
