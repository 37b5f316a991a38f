using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>Sixteen lanes; needs AVX-512F.</summary>
internal unsafe readonly struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Count => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* at) => Vector512.Load(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Vector512<float> value) => value.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Avx512F.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplySubtract(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.FusedMultiplySubtract(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NegatedMultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.FusedMultiplyAddNegated(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Avx512F.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Split(Vector512<float> x, out Vector512<float> exponent)
    {
        Vector512<int> root = Vector512.Create(LaneLogarithm.RootHalfBits);
        Vector512<int> bits = x.AsInt32() - root;
        exponent = Vector512.ConvertToSingle(Vector512.ShiftRightArithmetic(bits, 23));
        return ((bits & Vector512.Create(0x7FFFFF)) + root).AsSingle();
    }

    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        Vector512<float> a0 = Load(source);
        Vector512<float> a1 = Load(source + sourceStride);
        Vector512<float> a2 = Load(source + (2 * sourceStride));
        Vector512<float> a3 = Load(source + (3 * sourceStride));
        Vector512<float> a4 = Load(source + (4 * sourceStride));
        Vector512<float> a5 = Load(source + (5 * sourceStride));
        Vector512<float> a6 = Load(source + (6 * sourceStride));
        Vector512<float> a7 = Load(source + (7 * sourceStride));
        Vector512<float> a8 = Load(source + (8 * sourceStride));
        Vector512<float> a9 = Load(source + (9 * sourceStride));
        Vector512<float> a10 = Load(source + (10 * sourceStride));
        Vector512<float> a11 = Load(source + (11 * sourceStride));
        Vector512<float> a12 = Load(source + (12 * sourceStride));
        Vector512<float> a13 = Load(source + (13 * sourceStride));
        Vector512<float> a14 = Load(source + (14 * sourceStride));
        Vector512<float> a15 = Load(source + (15 * sourceStride));

        // Within 128-bit parts: pairs of rows, then fours.
        Vector512<float> b0 = Avx512F.UnpackLow(a0, a1);
        Vector512<float> b1 = Avx512F.UnpackHigh(a0, a1);
        Vector512<float> b2 = Avx512F.UnpackLow(a2, a3);
        Vector512<float> b3 = Avx512F.UnpackHigh(a2, a3);
        Vector512<float> b4 = Avx512F.UnpackLow(a4, a5);
        Vector512<float> b5 = Avx512F.UnpackHigh(a4, a5);
        Vector512<float> b6 = Avx512F.UnpackLow(a6, a7);
        Vector512<float> b7 = Avx512F.UnpackHigh(a6, a7);
        Vector512<float> b8 = Avx512F.UnpackLow(a8, a9);
        Vector512<float> b9 = Avx512F.UnpackHigh(a8, a9);
        Vector512<float> b10 = Avx512F.UnpackLow(a10, a11);
        Vector512<float> b11 = Avx512F.UnpackHigh(a10, a11);
        Vector512<float> b12 = Avx512F.UnpackLow(a12, a13);
        Vector512<float> b13 = Avx512F.UnpackHigh(a12, a13);
        Vector512<float> b14 = Avx512F.UnpackLow(a14, a15);
        Vector512<float> b15 = Avx512F.UnpackHigh(a14, a15);
        Vector512<float> c0 = Avx512F.Shuffle(b0, b2, 0x44);
        Vector512<float> c1 = Avx512F.Shuffle(b0, b2, 0xEE);
        Vector512<float> c2 = Avx512F.Shuffle(b1, b3, 0x44);
        Vector512<float> c3 = Avx512F.Shuffle(b1, b3, 0xEE);
        Vector512<float> c4 = Avx512F.Shuffle(b4, b6, 0x44);
        Vector512<float> c5 = Avx512F.Shuffle(b4, b6, 0xEE);
        Vector512<float> c6 = Avx512F.Shuffle(b5, b7, 0x44);
        Vector512<float> c7 = Avx512F.Shuffle(b5, b7, 0xEE);
        Vector512<float> c8 = Avx512F.Shuffle(b8, b10, 0x44);
        Vector512<float> c9 = Avx512F.Shuffle(b8, b10, 0xEE);
        Vector512<float> c10 = Avx512F.Shuffle(b9, b11, 0x44);
        Vector512<float> c11 = Avx512F.Shuffle(b9, b11, 0xEE);
        Vector512<float> c12 = Avx512F.Shuffle(b12, b14, 0x44);
        Vector512<float> c13 = Avx512F.Shuffle(b12, b14, 0xEE);
        Vector512<float> c14 = Avx512F.Shuffle(b13, b15, 0x44);
        Vector512<float> c15 = Avx512F.Shuffle(b13, b15, 0xEE);

        // Across the parts: column 4 p + j of the source is part p of the rows j, 4 + j, ...
        Vector512<float> d0 = Avx512F.Shuffle4x128(c0, c4, 0x88);
        Vector512<float> e0 = Avx512F.Shuffle4x128(c0, c4, 0xDD);
        Vector512<float> f0 = Avx512F.Shuffle4x128(c8, c12, 0x88);
        Vector512<float> g0 = Avx512F.Shuffle4x128(c8, c12, 0xDD);
        Vector512<float> d1 = Avx512F.Shuffle4x128(c1, c5, 0x88);
        Vector512<float> e1 = Avx512F.Shuffle4x128(c1, c5, 0xDD);
        Vector512<float> f1 = Avx512F.Shuffle4x128(c9, c13, 0x88);
        Vector512<float> g1 = Avx512F.Shuffle4x128(c9, c13, 0xDD);
        Vector512<float> d2 = Avx512F.Shuffle4x128(c2, c6, 0x88);
        Vector512<float> e2 = Avx512F.Shuffle4x128(c2, c6, 0xDD);
        Vector512<float> f2 = Avx512F.Shuffle4x128(c10, c14, 0x88);
        Vector512<float> g2 = Avx512F.Shuffle4x128(c10, c14, 0xDD);
        Vector512<float> d3 = Avx512F.Shuffle4x128(c3, c7, 0x88);
        Vector512<float> e3 = Avx512F.Shuffle4x128(c3, c7, 0xDD);
        Vector512<float> f3 = Avx512F.Shuffle4x128(c11, c15, 0x88);
        Vector512<float> g3 = Avx512F.Shuffle4x128(c11, c15, 0xDD);
        Vector512.Store(Avx512F.Shuffle4x128(d0, f0, 0x88), target);
        Vector512.Store(Avx512F.Shuffle4x128(e0, g0, 0x88), target + (4 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(d0, f0, 0xDD), target + (8 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(e0, g0, 0xDD), target + (12 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(d1, f1, 0x88), target + targetStride);
        Vector512.Store(Avx512F.Shuffle4x128(e1, g1, 0x88), target + (5 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(d1, f1, 0xDD), target + (9 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(e1, g1, 0xDD), target + (13 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(d2, f2, 0x88), target + (2 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(e2, g2, 0x88), target + (6 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(d2, f2, 0xDD), target + (10 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(e2, g2, 0xDD), target + (14 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(d3, f3, 0x88), target + (3 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(e3, g3, 0x88), target + (7 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(d3, f3, 0xDD), target + (11 * targetStride));
        Vector512.Store(Avx512F.Shuffle4x128(e3, g3, 0xDD), target + (15 * targetStride));
    }
}
