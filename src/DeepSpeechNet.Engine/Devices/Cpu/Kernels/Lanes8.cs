using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>Shifts of eight 64-bit lanes, for neighbouring states of a chain.</summary>
internal static class Lanes8
{
    /// <summary>Lane i gets lane i - 1 of <paramref name="v"/>, lane 0 the last lane of <paramref name="before"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Up(Vector512<long> v, Vector512<long> before)
    {
        if (Avx512F.IsSupported)
            return Avx512F.AlignRight64(v, before, 7);
        return Vector512.Create(Up(v.GetLower(), before.GetUpper()), Up(v.GetUpper(), v.GetLower()));
    }

    /// <inheritdoc cref="Up(Vector512{long}, Vector512{long})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Up(Vector512<double> v, Vector512<double> before) => Up(v.AsInt64(), before.AsInt64()).AsDouble();

    /// <summary>Lane i gets lane i + 1 of <paramref name="v"/>, lane 7 the first lane of <paramref name="after"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Down(Vector512<double> v, Vector512<double> after)
    {
        if (Avx512F.IsSupported)
            return Avx512F.AlignRight64(after.AsInt64(), v.AsInt64(), 1).AsDouble();
        return Vector512.Create(Down(v.GetLower(), v.GetUpper()), Down(v.GetUpper(), after.GetLower()));
    }

    /// <summary>Lane i gets the largest of the lanes 0 .. i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> RunningMaximum(Vector512<long> v)
    {
        Vector512<long> least = Vector512.Create(long.MinValue);
        if (Avx512F.IsSupported)
        {
            v = Vector512.Max(v, Avx512F.AlignRight64(v, least, 7));
            v = Vector512.Max(v, Avx512F.AlignRight64(v, least, 6));
            return Vector512.Max(v, Avx512F.AlignRight64(v, least, 4));
        }

        Vector256<long> lower = RunningMaximum(v.GetLower());
        Vector256<long> upper = RunningMaximum(v.GetUpper());
        return Vector512.Create(lower, Vector256.Max(upper, Vector256.Create(lower[3])));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Up(Vector256<long> v, Vector256<long> before) =>
        Avx2.IsSupported
            ? Avx2.Blend(Avx2.Permute4x64(v, 0b10_01_00_00).AsInt32(), Avx2.Permute4x64(before, 0b11_11_11_11).AsInt32(), 0b0000_0011).AsInt64()
            : Vector256.Create(before[3], v[0], v[1], v[2]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Down(Vector256<double> v, Vector256<double> after) =>
        Avx2.IsSupported
            ? Avx.Blend(Avx2.Permute4x64(v, 0b11_11_10_01), Avx2.Permute4x64(after, 0b00_00_00_00), 0b1000)
            : Vector256.Create(v[1], v[2], v[3], after[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> RunningMaximum(Vector256<long> v)
    {
        Vector256<long> least = Vector256.Create(long.MinValue);
        v = Vector256.Max(v, Up(v, least));
        return Vector256.Max(v, Up(Up(v, least), least));
    }
}
