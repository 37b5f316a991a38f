using DeepSpeechNet.Engine.Ilgpu.Machines;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>The device that the tests of this build run on: ILGPU's processor accelerator.</summary>
internal static class TestedDevices
{
    public static IlgpuDevice Create() => new(IlgpuMachine.Checker());

    public static IlgpuDevice CreateGrouped() => Create();

    public static IlgpuDevice CreateWide() => Create();
}
