using DeepSpeechNet.Engine.Ilgpu.Tests.StandIn;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>The device that the tests of this build run on: the product's own sources on the stand-in.</summary>
internal static class TestedDevices
{
    /// <summary>Groups of one lane, since threads that hand on their turn take most of a test's time.</summary>
    public static IlgpuDevice Create() => new(new StandInMachine(64, 1, 1));

    /// <summary>Groups whose lanes talk.</summary>
    public static IlgpuDevice CreateGrouped() => new(new StandInMachine(64, 4, 2));

    /// <summary>Rows and columns from which a product on <see cref="CreateWide"/> is a large one.</summary>
    public const int LargeExtent = 256;

    /// <summary>Rows and columns past which a product may be one for tensor cores; there are none here.</summary>
    public const int TensorExtent = 40;

    /// <summary>Larger groups.</summary>
    public static IlgpuDevice CreateWide(CardOptions? options = null) => new(new StandInMachine(256, 16, 4), options);

    /// <summary>Whether groups of <see cref="CreateSideBySide"/> wait for each other.</summary>
    public const bool GroupsMeet = true;

    /// <summary>Groups that can wait for each other.</summary>
    public static IlgpuDevice CreateSideBySide(CardOptions? options = null) => new(new StandInMachine(64, 4, 2, groupsAtOnce: 12), options);

    /// <summary>Groups as large as on a card.</summary>
    public static IlgpuDevice CreateFull() => new(new StandInMachine(256, 256, 16));
}
