using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>Eight lanes; needs AVX2 and FMA.</summary>
internal unsafe readonly struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Count => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* at) => Vector256.Load(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Vector256<float> value) => value.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Fma.MultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplySubtract(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Fma.MultiplySubtract(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> NegatedMultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Fma.MultiplyAddNegated(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Avx.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Split(Vector256<float> x, out Vector256<float> exponent)
    {
        Vector256<int> root = Vector256.Create(LaneLogarithm.RootHalfBits);
        Vector256<int> bits = x.AsInt32() - root;
        exponent = Vector256.ConvertToSingle(Vector256.ShiftRightArithmetic(bits, 23));
        return ((bits & Vector256.Create(0x7FFFFF)) + root).AsSingle();
    }

    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        Vector256<float> a0 = Load(source);
        Vector256<float> a1 = Load(source + sourceStride);
        Vector256<float> a2 = Load(source + (2 * sourceStride));
        Vector256<float> a3 = Load(source + (3 * sourceStride));
        Vector256<float> a4 = Load(source + (4 * sourceStride));
        Vector256<float> a5 = Load(source + (5 * sourceStride));
        Vector256<float> a6 = Load(source + (6 * sourceStride));
        Vector256<float> a7 = Load(source + (7 * sourceStride));

        // Within 128-bit parts: pairs of rows, then fours.
        Vector256<float> b0 = Avx.UnpackLow(a0, a1);
        Vector256<float> b1 = Avx.UnpackHigh(a0, a1);
        Vector256<float> b2 = Avx.UnpackLow(a2, a3);
        Vector256<float> b3 = Avx.UnpackHigh(a2, a3);
        Vector256<float> b4 = Avx.UnpackLow(a4, a5);
        Vector256<float> b5 = Avx.UnpackHigh(a4, a5);
        Vector256<float> b6 = Avx.UnpackLow(a6, a7);
        Vector256<float> b7 = Avx.UnpackHigh(a6, a7);
        Vector256<float> c0 = Avx.Shuffle(b0, b2, 0x44);
        Vector256<float> c1 = Avx.Shuffle(b0, b2, 0xEE);
        Vector256<float> c2 = Avx.Shuffle(b1, b3, 0x44);
        Vector256<float> c3 = Avx.Shuffle(b1, b3, 0xEE);
        Vector256<float> c4 = Avx.Shuffle(b4, b6, 0x44);
        Vector256<float> c5 = Avx.Shuffle(b4, b6, 0xEE);
        Vector256<float> c6 = Avx.Shuffle(b5, b7, 0x44);
        Vector256<float> c7 = Avx.Shuffle(b5, b7, 0xEE);

        // Across the parts: column 4 p + j of the source is part p of the rows j, 4 + j, ...
        Vector256.Store(Avx.Permute2x128(c0, c4, 0x20), target);
        Vector256.Store(Avx.Permute2x128(c1, c5, 0x20), target + targetStride);
        Vector256.Store(Avx.Permute2x128(c2, c6, 0x20), target + (2 * targetStride));
        Vector256.Store(Avx.Permute2x128(c3, c7, 0x20), target + (3 * targetStride));
        Vector256.Store(Avx.Permute2x128(c0, c4, 0x31), target + (4 * targetStride));
        Vector256.Store(Avx.Permute2x128(c1, c5, 0x31), target + (5 * targetStride));
        Vector256.Store(Avx.Permute2x128(c2, c6, 0x31), target + (6 * targetStride));
        Vector256.Store(Avx.Permute2x128(c3, c7, 0x31), target + (7 * targetStride));
    }
}
