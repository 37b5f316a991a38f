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
}
