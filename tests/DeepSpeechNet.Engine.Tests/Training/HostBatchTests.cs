using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Training;

public sealed class HostBatchTests
{
    [Fact]
    public void Arrays_of_several_types_arrive_in_their_places_and_empty_ones_are_zero()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        HostBatch batch = new();
        for (int round = 1; round <= 2; round++)
        {
            batch.Clear();
            batch.Floats(batch.Reserve(ElementType.Float32, new Shape(2, 3))).Fill(1.5f * round);
            batch.Reserve(ElementType.Float32, new Shape(40));
            batch.Integers(batch.Reserve(ElementType.Int32, new Shape(3)))[2] = 9;
            DeviceBatch there = batch.Upload(device);

            Assert.Equal(Enumerable.Repeat(1.5f * round, 6), there.Tensors[0].ToArray());
            Assert.All(there.Tensors[1].ToArray(), value => Assert.Equal(0, value));
            int[] integers = new int[3];
            device.Download(there.Tensors[2], System.Runtime.InteropServices.MemoryMarshal.AsBytes(integers.AsSpan()));
            Assert.Equal([0, 0, 9], integers);
            there.Release();
        }
    }

    [Fact]
    public void An_array_is_read_as_its_own_type_alone()
    {
        HostBatch batch = new();
        int part = batch.Reserve(ElementType.Int32, new Shape(3));
        Assert.Throws<InvalidOperationException>(() => batch.Floats(part).Length);
    }
}
