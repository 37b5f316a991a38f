namespace ILGPU;

/// <summary>Where the running lane's group is.</summary>
internal static class Grid
{
    public static int IdxX => Lane.Current.GroupX;

    public static int IdxY => Lane.Current.GroupY;

    public static int IdxZ => Lane.Current.GroupZ;
}

/// <summary>Where the running lane is in its group.</summary>
internal static class Group
{
    public static int IdxX => Lane.Current.X;

    public static int IdxY => Lane.Current.Y;

    public static int DimX => Lane.Current.SizeX;

    public static int DimY => Lane.Current.SizeY;

    public static void Barrier() => Lane.Current.Meet();
}

/// <summary>Memory that the lanes of a group share: each lane's n-th request gets the same piece, which holds NaN at first.</summary>
internal static class SharedMemory
{
    public static ArrayView<T> Allocate<T>(int extent)
        where T : unmanaged => Lane.Current.Share<T>(extent);
}

/// <summary>Bits of numbers.</summary>
internal static class Interop
{
    public static uint FloatAsInt(float value) => BitConverter.SingleToUInt32Bits(value);

    public static ulong FloatAsInt(double value) => BitConverter.DoubleToUInt64Bits(value);

    public static float IntAsFloat(uint value) => BitConverter.UInt32BitsToSingle(value);

    public static double IntAsFloat(ulong value) => BitConverter.UInt64BitsToDouble(value);
}
