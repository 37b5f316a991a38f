using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>Four lanes; runs on every processor (Arm, and x64 without AVX2).</summary>
internal unsafe readonly struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Count => Vector128<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* at) => Vector128.Load(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Vector128<float> value) => value.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplySubtract(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, -c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> NegatedMultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(-a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Split(Vector128<float> x, out Vector128<float> exponent)
    {
        Vector128<int> root = Vector128.Create(LaneLogarithm.RootHalfBits);
        Vector128<int> bits = x.AsInt32() - root;
        exponent = Vector128.ConvertToSingle(Vector128.ShiftRightArithmetic(bits, 23));
        return ((bits & Vector128.Create(0x7FFFFF)) + root).AsSingle();
    }

    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        Vector128<float> a0 = Load(source);
        Vector128<float> a1 = Load(source + sourceStride);
        Vector128<float> a2 = Load(source + (2 * sourceStride));
        Vector128<float> a3 = Load(source + (3 * sourceStride));

        // Two rounds that each exchange the off-diagonal halves: first single numbers, then pairs.
        Vector128<float> low = Vector128.Create(-1, 0, -1, 0).AsSingle();
        Vector128<float> b0 = Vector128.ConditionalSelect(low, a0, Vector128.Shuffle(a1, Vector128.Create(0, 0, 2, 2)));
        Vector128<float> b1 = Vector128.ConditionalSelect(low, Vector128.Shuffle(a0, Vector128.Create(1, 1, 3, 3)), a1);
        Vector128<float> b2 = Vector128.ConditionalSelect(low, a2, Vector128.Shuffle(a3, Vector128.Create(0, 0, 2, 2)));
        Vector128<float> b3 = Vector128.ConditionalSelect(low, Vector128.Shuffle(a2, Vector128.Create(1, 1, 3, 3)), a3);
        Vector128.Store(Vector128.Create(b0.GetLower(), b2.GetLower()), target);
        Vector128.Store(Vector128.Create(b1.GetLower(), b3.GetLower()), target + targetStride);
        Vector128.Store(Vector128.Create(b0.GetUpper(), b2.GetUpper()), target + (2 * targetStride));
        Vector128.Store(Vector128.Create(b1.GetUpper(), b3.GetUpper()), target + (3 * targetStride));
    }
}
