namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>
/// Arithmetic on a vector whose lanes are frames: lane i of every value belongs to frame i of a block, so a transform written for
/// one frame runs on <see cref="Count"/> frames at once with no shuffles. A frame's result does not depend on its lane. The
/// members are static and inlined; a kernel generic over them compiles to plain vector instructions.
/// </summary>
/// <typeparam name="TVector">The vector: <c>Vector512&lt;float&gt;</c> and so on, or <c>float</c> for one frame at a time.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>The lanes at an address of any alignment.</summary>
    static abstract TVector Load(float* at);

    /// <summary>Writes the lanes to an address of any alignment.</summary>
    static abstract void Store(float* at, TVector value);

    /// <summary>The same number in every lane.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a - b.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>a b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a / b.</summary>
    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a b + c, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>a b - c, rounded once where the processor can.</summary>
    static abstract TVector MultiplySubtract(TVector a, TVector b, TVector c);

    /// <summary>c - a b, rounded once where the processor can.</summary>
    static abstract TVector NegatedMultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger of the two; <paramref name="b"/> where <paramref name="a"/> is not a number.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>Splits positive normal numbers x = m 2^e with m in [sqrt 1/2, sqrt 2).</summary>
    static abstract TVector Split(TVector x, out TVector exponent);

    /// <summary>Transposes Count rows of Count numbers: <c>target[j stride + i] = source[i stride + j]</c>.</summary>
    static abstract void Transpose(float* source, nint sourceStride, float* target, nint targetStride);
}
