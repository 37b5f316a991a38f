using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

/// <summary>The CPU devices that the device tests run on.</summary>
internal static class CpuDevices
{
    public static Device One() => WithThreads(1);

    public static Device Two() => WithThreads(2);

    public static Device Three() => WithThreads(3);

    public static Device WithThreads(int threads) => new CpuDevice(new CpuDeviceOptions { Threads = threads });

    /// <summary>Runs the same work with 1, 2, 3 and 5 threads and asserts that the results have the same bits.</summary>
    public static void AssertSameForAnyThreads(Func<Device, float[]> work)
    {
        float[]? expected = null;
        foreach (int threads in (int[])[1, 2, 3, 5])
        {
            using Device device = WithThreads(threads);
            float[] actual = work(device);
            expected ??= actual;
            Assert.Equal(Array.ConvertAll(expected, BitConverter.SingleToInt32Bits), Array.ConvertAll(actual, BitConverter.SingleToInt32Bits));
        }
    }
}
