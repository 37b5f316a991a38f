using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>One lane: a kernel on plain numbers.</summary>
internal unsafe readonly struct ScalarLanes : ILanes<float>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(float* at) => *at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, float value) => *at = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Broadcast(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float a, float b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Subtract(float a, float b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float a, float b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Divide(float a, float b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float a, float b, float c) => float.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplySubtract(float a, float b, float c) => float.MultiplyAddEstimate(a, b, -c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float NegatedMultiplyAdd(float a, float b, float c) => float.MultiplyAddEstimate(-a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float a, float b) => a > b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Split(float x, out float exponent)
    {
        // Subtracting the bits of sqrt(1/2) puts the boundary between exponents at sqrt(1/2) instead of 1.
        int bits = BitConverter.SingleToInt32Bits(x) - LaneLogarithm.RootHalfBits;
        exponent = bits >> 23;
        return BitConverter.Int32BitsToSingle((bits & 0x7FFFFF) + LaneLogarithm.RootHalfBits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride) => *target = *source;
}
