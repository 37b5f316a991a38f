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

    /// <summary>
    /// log sum exp x - x[target], and where a gradient (perhaps x itself) is wanted, scale * (softmax(x) - 1 at the target) there. 0 and a zero
    /// gradient where the target is negative; NaN and a zero gradient where x holds what is no number.
    /// </summary>
    [SkipLocalsInit]
    public static float Row<S, V, I>(float* x, int count, int target, float* gradient, float scale)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        if (target < 0)
        {
            if (gradient != null)
                new Span<float>(gradient, count).Clear();
            return 0;
        }

        float* lanes = stackalloc float[Chunk];
        float maximum = Maximum<S, V, I>(x, count, lanes), wanted = x[target];
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

        double sum = Vector256.Sum((s0 + s2) + (s1 + s3));
        double loss = Math.Log(sum) - ((double)wanted - maximum);
        if (gradient == null)
            return (float)loss;
        if (!double.IsFinite(loss))
        {
            new Span<float>(gradient, count).Clear();
            return float.NaN;
        }

        Maps.Apply(new Functions.Scale((float)(scale / sum)), gradient, gradient, count);
        gradient[target] -= scale;
        return (float)loss;
    }

    /// <summary>The largest element; what is no number may be passed over.</summary>
    private static float Maximum<S, V, I>(float* x, int count, float* lanes)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        float maximum = float.NegativeInfinity;
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
