using System.Runtime.CompilerServices;
using DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;

namespace ILGPU;

/// <summary>Where the running lane's group is.</summary>
internal static class Grid
{
    public static int IdxX => Lane.Current.Group.X;

    public static int IdxY => Lane.Current.Group.Y;

    public static int IdxZ => Lane.Current.Group.Z;

    public static int DimY => Lane.Current.Groups.Y;
}

/// <summary>Where the running lane is in its group.</summary>
internal static class Group
{
    public static int IdxX => Lane.Current.X;

    public static int IdxY => Lane.Current.Y;

    public static int DimX => Lane.Current.Lanes.X;

    public static int DimY => Lane.Current.Lanes.Y;

    public static void Barrier() => Lane.Current.Meet();
}

/// <summary>Memory that the lanes of a group share: each lane's n-th request gets the same piece, which holds NaN at first.</summary>
internal static class SharedMemory
{
    public static ArrayView<T> Allocate<T>(int extent)
        where T : unmanaged => new(Lane.Current.Share(extent * Unsafe.SizeOf<T>()), 0, extent);
}

/// <summary>The lanes of a machine that runs one at a time see everything at once.</summary>
internal static class MemoryFence
{
    public static void DeviceLevel()
    {
    }
}

/// <summary>What groups tell each other by. Whoever does may be waiting, and lets others run.</summary>
internal static class Atomic
{
    public static int Add(ref int target, int value)
    {
        int before = target;
        target += value;
        Lane.Current.Yield();
        return before;
    }

    public static int Or(ref int target, int value)
    {
        int before = target;
        target |= value;
        Lane.Current.Yield();
        return before;
    }
}

/// <summary>Bits of numbers.</summary>
internal static class Interop
{
    public static uint FloatAsInt(float value) => BitConverter.SingleToUInt32Bits(value);

    public static ulong FloatAsInt(double value) => BitConverter.DoubleToUInt64Bits(value);

    public static float IntAsFloat(uint value) => BitConverter.UInt32BitsToSingle(value);

    public static double IntAsFloat(ulong value) => BitConverter.UInt64BitsToDouble(value);
}
