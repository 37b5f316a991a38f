using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>log(exp a + exp b) for four lanes, to the last digits of a double, from operations that every vector width has.</summary>
internal static class LogSum
{
    private const double RoundingShift = 6755399441055744.0;

    /// <summary>log(exp a + exp b).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(Vector256<double> a, Vector256<double> b)
    {
        if (!Vector256.IsHardwareAccelerated)
            return OneByOne(a, b, Vector256.Create(double.NegativeInfinity));
        Vector256<double> m = Vector256.MaxNative(a, b);
        return m + Log(Vector256<double>.One + Exp(Vector256.MinNative(a, b) - m));
    }

    /// <summary>log(exp a + exp b + exp c).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(Vector256<double> a, Vector256<double> b, Vector256<double> c)
    {
        if (!Vector256.IsHardwareAccelerated)
            return OneByOne(a, b, c);
        Vector256<double> larger = Vector256.MaxNative(a, b);
        Vector256<double> smaller = Vector256.MinNative(a, b);
        Vector256<double> m = Vector256.MaxNative(larger, c);
        return m + Log(Vector256<double>.One + Exp(smaller - m) + Exp(Vector256.MinNative(larger, c) - m));
    }

    /// <summary>exp x for x up to 0; exp(-700) for all below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        x = Vector256.MaxNative(x, Vector256.Create(-700.0));
        Vector256<double> shifted = Vector256.MultiplyAddEstimate(x, Vector256.Create(1.4426950408889634), Vector256.Create(RoundingShift));
        Vector256<double> n = shifted - Vector256.Create(RoundingShift);

        // x - n log 2 in two steps: the first product is exact.
        Vector256<double> r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-0.693147180369123816490), x);
        r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-1.90821492927058770002e-10), r);
        Vector256<double> p = Vector256.Create(1.0 / 479001600);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.0 / 39916800));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.0 / 3628800));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.0 / 362880));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.0 / 40320));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.0 / 5040));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.0 / 720));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.0 / 120));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.0 / 24));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.0 / 6));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(0.5));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256<double>.One);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256<double>.One);
        return (p.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
    }

    /// <summary>log x for x from 1 to 3.</summary>
    /// <remarks>x = 2^k z with z between the roots of 1/2 and 2; log z = 2 artanh u, u = (z - 1) / (z + 1), by its series.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log(Vector256<double> x)
    {
        Vector256<double> isHigh = Vector256.GreaterThan(x, Vector256.Create(1.4142135623730951));
        Vector256<double> isHigher = Vector256.GreaterThan(x, Vector256.Create(2.8284271247461903));
        Vector256<double> half = Vector256.Create(0.5);
        Vector256<double> factor = Vector256.ConditionalSelect(isHigh, half, Vector256<double>.One) * Vector256.ConditionalSelect(isHigher, half, Vector256<double>.One);
        Vector256<double> log2 = Vector256.Create(0.6931471805599453);
        Vector256<double> whole = (isHigh & log2) + (isHigher & log2);
        Vector256<double> f = (x * factor) - Vector256<double>.One;
        Vector256<double> u = f / (f + Vector256.Create(2.0));
        Vector256<double> q = u * u;
        Vector256<double> p = Vector256.Create(2.0 / 21);
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0 / 19));
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0 / 17));
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0 / 15));
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0 / 13));
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0 / 11));
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0 / 9));
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0 / 7));
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0 / 5));
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0 / 3));
        p = Vector256.MultiplyAddEstimate(p, q, Vector256.Create(2.0));
        return Vector256.MultiplyAddEstimate(p, u, whole);
    }

    private static Vector256<double> OneByOne(Vector256<double> a, Vector256<double> b, Vector256<double> c)
    {
        Span<double> sums = stackalloc double[Vector256<double>.Count];
        for (int i = 0; i < sums.Length; i++)
        {
            double m = Math.Max(Math.Max(a[i], b[i]), c[i]);
            sums[i] = m + Math.Log(Math.Exp(a[i] - m) + Math.Exp(b[i] - m) + Math.Exp(c[i] - m));
        }

        return Vector256.Create<double>(sums);
    }
}
