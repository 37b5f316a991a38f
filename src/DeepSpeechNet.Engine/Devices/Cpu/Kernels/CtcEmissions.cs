using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>What a frame's logits give the states of a text: the softmax without its division, which goes into the loss as a sum of logarithms.</summary>
internal static unsafe class CtcEmissions
{
    // Powers of two that a product of normalisers stays clear of: sixteen of them are below A^16.
    private const int NormalisersPerLogarithm = 16;

    /// <summary>
    /// Fills exponentials, emissions and normalisers. The result is the sum of the normalisers' logarithms, or NaN where a logit is not finite;
    /// <paramref name="smallest"/> is the smallest emission of a class that the text uses.
    /// </summary>
    public static double Compute(in CtcUtterance u, in CtcWorkspace w, out float smallest)
    {
        for (int i = 0; i < w.EmissionCount; i++)
            w.LabelIndices[i] = i < u.Length ? u.Labels[i] : u.Blank;
        double logarithms = 0;
        double product = 1;
        Vector512<float> least = Vector512<float>.One;
        for (int t = 0; t < u.Frames; t++)
        {
            float* e = w.Exponentials(t);
            if (!SoftmaxRow.Exponentials(u.Logits + (t * u.Stride), u.Classes, e, out _, out double sum))
            {
                smallest = float.NaN;
                return double.NaN;
            }

            w.Normalisers[t] = sum;
            w.BlankEmissions[t] = e[u.Blank];
            product *= sum;
            if (t % NormalisersPerLogarithm == NormalisersPerLogarithm - 1)
            {
                logarithms += Math.Log(product);
                product = 1;
            }

            least = Gather(e, u.Classes, w.LabelIndices, w.EmissionCount, w.Emissions(t), least);
        }

        smallest = least[0];
        for (int i = 1; i < Vector512<float>.Count; i++)
            smallest = MathF.Min(smallest, least[i]);
        return logarithms + Math.Log(product);
    }

    /// <summary>target[i] = source[index[i]]; the result is the least of them and of <paramref name="least"/>, lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather(float* source, int classes, int* index, int count, float* target, Vector512<float> least)
    {
        const int lanes = SoftmaxRow.Lanes;
        if (Avx512F.IsSupported && classes <= 2 * lanes)
        {
            // The whole alphabet fits two registers.
            Vector512<float> lower = Vector512.Load(source);
            Vector512<float> upper = Vector512.Load(source + lanes);
            for (int i = 0; i < count; i += lanes)
            {
                Vector512<float> y = Avx512F.PermuteVar16x32x2(lower, Vector512.Load(index + i), upper);
                y.Store(target + i);
                least = Vector512.MinNative(least, y);
            }

            return least;
        }

        for (int i = 0; i < count; i += lanes)
        {
            Vector512<float> y;
            if (Avx2.IsSupported)
            {
                y = Vector512.Create(
                    Avx2.GatherVector256(source, Vector256.Load(index + i), sizeof(float)),
                    Avx2.GatherVector256(source, Vector256.Load(index + i + (lanes / 2)), sizeof(float)));
                y.Store(target + i);
            }
            else
            {
                for (int j = i; j < i + lanes; j++)
                    target[j] = source[index[j]];
                y = Vector512.Load(target + i);
            }

            least = Vector512.MinNative(least, y);
        }

        return least;
    }
}
