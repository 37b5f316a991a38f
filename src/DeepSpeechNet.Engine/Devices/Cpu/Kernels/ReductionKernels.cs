using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>Sums over flat stretches, in double precision and one fixed order, so that vector width and threads do not show.</summary>
internal static unsafe class ReductionKernels
{
    /// <summary>How many elements make one partial sum: a sum over many blocks adds these in order, whoever computed them.</summary>
    public const int Block = 16 * 1024;

    /// <summary>
    /// The sum of x^2: sixteen running sums (element i goes to sum i mod 16), added up pairwise at the end. Squares of float32 numbers are
    /// exact in double precision.
    /// </summary>
    public static double SumOfSquares(float* x, int count)
    {
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Load(x + i));
            (Vector256<double> c, Vector256<double> d) = Vector256.Widen(Vector256.Load(x + i + 8));
            s0 += a * a;
            s1 += b * b;
            s2 += c * c;
            s3 += d * d;
        }

        double sum = Vector256.Sum((s0 + s2) + (s1 + s3));
        for (; i < count; i++)
            sum += (double)x[i] * x[i];
        return sum;
    }

    /// <summary>
    /// The inner product in single precision: 32 running sums (element i goes to sum i mod 32), added up pairwise, then the rest in order, so that the
    /// vector width does not show.
    /// </summary>
    public static float Dot(float* a, float* b, int count)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i + 32 <= count; i += 32)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + 8), Vector256.Load(b + i + 8), s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + 16), Vector256.Load(b + i + 16), s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + 24), Vector256.Load(b + i + 24), s3);
        }

        float sum = Vector256.Sum((s0 + s2) + (s1 + s3));
        for (; i < count; i++)
            sum = MathF.FusedMultiplyAdd(a[i], b[i], sum);
        return sum;
    }
}
