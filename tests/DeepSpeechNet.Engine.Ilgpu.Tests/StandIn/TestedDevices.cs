using DeepSpeechNet.Engine.Ilgpu.Tests.StandIn;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>The device that the tests of this build run on: the product's own sources on the stand-in.</summary>
internal static class TestedDevices
{
    public static IlgpuDevice Create() => new(new StandInMachine());

    /// <summary>One with larger groups.</summary>
    public static IlgpuDevice CreateWide() => new(new StandInMachine(256, 16, 4));
}
