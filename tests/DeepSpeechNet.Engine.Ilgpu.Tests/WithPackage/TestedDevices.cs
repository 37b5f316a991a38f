using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>
/// The device that the tests of this build run on: ILGPU's processor accelerator, or what the environment variable DSN_TEST_DEVICE names: a card (gpu, gpu:1), or what is compiled for CUDA
/// cards, run without one (ptx).
/// </summary>
internal static class TestedDevices
{
    private static string? Card => Environment.GetEnvironmentVariable("DSN_TEST_DEVICE");

    /// <summary>Rows and columns from which a product on <see cref="CreateWide"/> is a large one.</summary>
    public static int LargeExtent => Card is null or "ptx" ? 256 : 1024;

    /// <summary>Rows and columns past which a product may be one for tensor cores.</summary>
    public static int TensorExtent => Card switch { null => 40, "ptx" => 128, _ => 1024 };

    public static IlgpuDevice Create() => Create(16);

    public static IlgpuDevice CreateGrouped() => Create();

    public static IlgpuDevice CreateWide(CardOptions? options = null) => Create(16, options);

    /// <summary>Whether groups of <see cref="CreateSideBySide"/> wait for each other: not on OpenCL.</summary>
    public static bool GroupsMeet
    {
        get
        {
            using IlgpuDevice device = CreateSideBySide();
            return !device.Description.Contains("OpenCL", StringComparison.Ordinal);
        }
    }

    /// <summary>Groups that can wait for each other, where the card lets them.</summary>
    public static IlgpuDevice CreateSideBySide(CardOptions? options = null) => Create(16, options, groups: 12);

    /// <summary>Groups as large as on a card.</summary>
    public static IlgpuDevice CreateFull() => Create(256);

    private static IlgpuDevice Create(int lanes, CardOptions? options = null, int groups = 1) => Card == "ptx" ? new IlgpuDevice(new PtxMachine(lanes, lanes == 16 ? 4 : 16, groups, options?.Precision ?? ProductPrecision.Float32), options)
        : Card is { } card ? (IlgpuDevice)DeviceCatalog.Create(card, card: options) : new IlgpuDevice(IlgpuMachine.Checker(lanes, groups), options);
}
