using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>A device that writes down what its kernels take.</summary>
public sealed class LaunchProfileTests
{
    [Fact]
    public void Every_kernel_is_counted_and_timed_by_its_name()
    {
        LaunchProfile profile = new();
        using IlgpuDevice device = TestedDevices.CreateWide(new CardOptions { Profile = profile, VendorLibrary = false }), plain = TestedDevices.CreateWide(new CardOptions { VendorLibrary = false });
        Assert.Empty(profile.Kernels);
        Assert.Equal(Work(plain), Work(device));
        Assert.Equal(plain.Launches, device.Launches);
        Assert.Equal(device.Launches, profile.Kernels.Sum(k => k.Launches));
        Assert.Equal(2, Assert.Single(profile.Kernels, k => k.Kernel == "MatMulKernels.Product").Launches);
        Assert.All(profile.Kernels, k => Assert.True(k.Time > TimeSpan.Zero));
        Assert.Equal(profile.Kernels.OrderByDescending(k => k.Time), profile.Kernels);
        profile.Clear();
        Assert.Empty(profile.Kernels);
    }

    private static float[] Work(IlgpuDevice device)
    {
        Tensor a = device.Floats(new Shape(5, 7), RandomNumbers.Floats(1, 35)), b = device.Floats(new Shape(7, 5), RandomNumbers.Floats(2, 35)), c = device.Poisoned(new Shape(5, 5));
        device.MatMul(a, false, b, false, c);
        device.MatMul(b, true, a, true, c, accumulate: true);
        device.LogSoftmax(c, c);
        return c.ToArray();
    }
}
