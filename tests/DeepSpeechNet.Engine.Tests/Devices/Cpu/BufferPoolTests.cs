using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

public sealed class BufferPoolTests
{
    [Fact]
    public void A_tensor_takes_what_lies_unused_and_is_not_much_too_large()
    {
        using CpuDevice device = (CpuDevice)CpuDevices.Two();
        Tensor first = device.Allocate(ElementType.Float32, new Shape(10_000)), second = device.Allocate(ElementType.Float32, new Shape(7_000));
        device.Release(first);
        device.Release(second);
        long taken = device.AllocatedBytes;
        Tensor smallest = device.Allocate(ElementType.Float32, new Shape(6_000));
        Assert.Same(second.Buffer, smallest.Buffer);
        Tensor next = device.Allocate(ElementType.Float32, new Shape(6_000));
        Assert.Same(first.Buffer, next.Buffer);
        Assert.Equal(taken, device.AllocatedBytes);
        device.Release(next);
        device.Allocate(ElementType.Float32, new Shape(1_000));
        Assert.True(device.AllocatedBytes > taken);
    }
}
