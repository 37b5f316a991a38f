using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// exp, tanh, the logistic function and the activations on vectors of any width, for use inside kernels. All widths give the same bits.
/// Relative errors stay below 2e-7 (tests measure them); NaN stays NaN, and infinities go to the functions' limits.
/// </summary>
internal static class VectorMath
{
    /// <summary>e^x below this is taken as 0: twice the smallest normal number.</summary>
    private const float ExpUnderflow = -86.6433f;

    /// <summary>e^x: x = n ln 2 + r, |r| &lt;= ln 2 / 2, and a polynomial for e^r (Cephes' expf, Moshier 1992). +infinity above 88.72, 0 below -86.64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<S, V, I>(V x)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        V low = S.Create(ExpUnderflow), high = S.Create(89f);
        V under = S.LessThan(x, low);
        V t = S.Select(under, low, x);
        t = S.Select(S.LessThan(high, t), high, t);
        V n = S.Round(S.Multiply(t, S.Create(1.44269504f)));
        V r = S.FusedMultiplyAdd(n, S.Create(-0.693359375f), t);
        r = S.FusedMultiplyAdd(n, S.Create(2.12194440e-4f), r);
        V p = S.FusedMultiplyAdd(S.Create(1.9875691500e-4f), r, S.Create(1.3981999507e-3f));
        p = S.FusedMultiplyAdd(p, r, S.Create(8.3334519073e-3f));
        p = S.FusedMultiplyAdd(p, r, S.Create(4.1665795894e-2f));
        p = S.FusedMultiplyAdd(p, r, S.Create(1.6666665459e-1f));
        p = S.FusedMultiplyAdd(p, r, S.Create(5.0000001201e-1f));
        p = S.Add(S.FusedMultiplyAdd(p, S.Multiply(r, r), r), S.Create(1f));

        // 2^n in two factors, since 2^128 has no float: n is -125 to 128.
        V half = S.ShiftToExponent(S.Add(S.ToInteger(n), S.CreateInteger(126)));
        V y = S.Multiply(S.Multiply(p, half), S.Create(2f));
        return S.Select(under, S.Create(0f), y);
    }

    /// <summary>tanh x: an odd polynomial where |x| &lt; 0.625 (Cephes' tanhf), else 1 - 2 / (e^(2|x|) + 1) with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<S, V, I>(V x)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        V magnitude = S.Abs(x);
        V e = Exp<S, V, I>(S.Add(magnitude, magnitude));
        V far = S.CopySign(S.Subtract(S.Create(1f), S.Divide(S.Create(2f), S.Add(e, S.Create(1f)))), x);
        V z = S.Multiply(x, x);
        V p = S.FusedMultiplyAdd(S.Create(-5.70498872745e-3f), z, S.Create(2.06390887954e-2f));
        p = S.FusedMultiplyAdd(p, z, S.Create(-5.37397155531e-2f));
        p = S.FusedMultiplyAdd(p, z, S.Create(1.33314422036e-1f));
        p = S.FusedMultiplyAdd(p, z, S.Create(-3.33332819422e-1f));
        V near = S.FusedMultiplyAdd(S.Multiply(p, z), x, x);
        return S.Select(S.LessThan(magnitude, S.Create(0.625f)), near, far);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<S, V, I>(V x)
        where S : ISimd<V, I>
        where V : struct
        where I : struct =>
        S.Divide(S.Create(1f), S.Add(S.Create(1f), Exp<S, V, I>(S.Subtract(S.Create(0f), x))));

    /// <summary>max(0, x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Relu<S, V, I>(V x)
        where S : ISimd<V, I>
        where V : struct
        where I : struct =>
        S.Select(S.LessThan(x, S.Create(0f)), S.Create(0f), x);

    /// <summary>min(max(0, x), 20).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ClippedRelu<S, V, I>(V x)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        V ceiling = S.Create(ClippedReluCeiling), y = Relu<S, V, I>(x);
        return S.Select(S.LessThan(ceiling, y), ceiling, y);
    }

    /// <summary>Where <see cref="Activation.ClippedRelu"/> is cut off.</summary>
    public const float ClippedReluCeiling = 20f;
}
