using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Softmax with cross-entropy over a row of many classes: exponentials in single precision, their sum in double, sixteen running sums (element i
/// goes to sum i mod 16) so that the vector width does not show.
/// </summary>
internal static unsafe class CrossEntropy
{
    /// <summary>Elements between the exponential and its sum: what stays in the first-level cache.</summary>
    private const int Chunk = 512;

    /// <summary>As the other, with the machine's widest vectors.</summary>
    public static float Row(float* x, int count, float extra, int target, float* gradient, float scale, out float extraGradient) =>
        Vector512.IsHardwareAccelerated ? Row<Simd512, Vector512<float>, Vector512<int>>(x, count, extra, target, gradient, scale, out extraGradient)
        : Vector256.IsHardwareAccelerated ? Row<Simd256, Vector256<float>, Vector256<int>>(x, count, extra, target, gradient, scale, out extraGradient)
        : Row<Simd128, Vector128<float>, Vector128<int>>(x, count, extra, target, gradient, scale, out extraGradient);

    /// <summary>
    /// The softmax of x and one extra logit behind it (minus infinity for none): log sum exp - the target's logit, and where a gradient (perhaps x
    /// itself) is wanted, scale * (softmax - 1 at the target). 0 and a zero gradient where the target is negative; NaN and a zero gradient where a
    /// logit is no number.
    /// </summary>
    /// <param name="x">The row.</param>
    /// <param name="count">How many elements it has.</param>
    /// <param name="extra">The logit behind them.</param>
    /// <param name="target">The right one; <paramref name="count"/> for the extra one.</param>
    /// <param name="gradient">Where the gradient goes, or null.</param>
    /// <param name="scale">What it is multiplied by.</param>
    /// <param name="extraGradient">That of the extra logit.</param>
    [SkipLocalsInit]
    public static float Row<S, V, I>(float* x, int count, float extra, int target, float* gradient, float scale, out float extraGradient)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        extraGradient = 0;
        if (target < 0)
        {
            if (gradient != null)
                new Span<float>(gradient, count).Clear();
            return 0;
        }

        float* lanes = stackalloc float[Chunk];
        float maximum = Maximum<S, V, I>(x, count, extra, lanes), wanted = target == count ? extra : x[target];
        V shift = S.Create(maximum);
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < count; i += Chunk)
        {
            int n = Math.Min(Chunk, count - i), whole = n / S.Width * S.Width, padded = (n + 15) / 16 * 16;
            for (int j = 0; j < whole; j += S.Width)
                S.Store(VectorMath.Exp<S, V, I>(S.Subtract(S.Load(x + i + j), shift)), lanes + j);
            if (whole < n)
            {
                new Span<float>(lanes + whole, padded - whole).Fill(float.NegativeInfinity);
                new ReadOnlySpan<float>(x + i + whole, n - whole).CopyTo(new Span<float>(lanes + whole, n - whole));
                for (int j = whole; j < padded; j += S.Width)
                    S.Store(VectorMath.Exp<S, V, I>(S.Subtract(S.Load(lanes + j), shift)), lanes + j);
            }
            else
            {
                new Span<float>(lanes + n, padded - n).Clear();
            }

            for (int j = 0; j < padded; j += 16)
            {
                (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Load(lanes + j));
                (Vector256<double> c, Vector256<double> d) = Vector256.Widen(Vector256.Load(lanes + j + 8));
                s0 += a;
                s1 += b;
                s2 += c;
                s3 += d;
            }

            if (gradient != null)
                new ReadOnlySpan<float>(lanes, n).CopyTo(new Span<float>(gradient + i, n));
        }

        double extraTerm = Math.Exp((double)extra - maximum), sum = Vector256.Sum((s0 + s2) + (s1 + s3)) + extraTerm;
        double loss = Math.Log(sum) - ((double)wanted - maximum);
        if (gradient == null)
            return (float)loss;
        if (!double.IsFinite(loss))
        {
            new Span<float>(gradient, count).Clear();
            return float.NaN;
        }

        Maps.Apply(new Functions.Scale((float)(scale / sum)), gradient, gradient, count);
        extraGradient = (float)(scale * (extraTerm / sum));
        if (target == count)
            extraGradient -= scale;
        else
            gradient[target] -= scale;
        return (float)loss;
    }

    /// <summary>The largest of the elements and the maximum so far; what is no number may be passed over.</summary>
    private static float Maximum<S, V, I>(float* x, int count, float maximum, float* lanes)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int i = 0;
        if (count >= S.Width)
        {
            V largest = S.Create(maximum);
            for (; i + S.Width <= count; i += S.Width)
            {
                V value = S.Load(x + i);
                largest = S.Select(S.LessThan(largest, value), value, largest);
            }

            S.Store(largest, lanes);
            for (int j = 0; j < S.Width; j++)
                maximum = lanes[j] > maximum ? lanes[j] : maximum;
        }

        for (; i < count; i++)
            maximum = x[i] > maximum ? x[i] : maximum;
        return maximum;
    }
}
