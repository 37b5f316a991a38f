using DeepSpeechNet.Engine.Devices;

namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>What stands for GPU support in a build without it.</summary>
internal static class GpuSupport
{
    private const string Obstacle = "this build has no GPU support: build with -p:OptionalPackages=true";

    public static bool IsBuilt => false;

    public static IEnumerable<DeviceEntry> List() => [new("gpu", "graphics cards (CUDA, OpenCL)", Obstacle)];

    public static Device Create(int card, CardOptions options) => throw new DeviceUnavailableException($"There is no card {card} to run on: {Obstacle}.");
}
