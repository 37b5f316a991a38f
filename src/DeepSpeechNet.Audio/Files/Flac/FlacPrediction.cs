using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>
/// Adds predictions to residuals in place (RFC 9639, sections 9.2.5 and 9.2.6): s[i] = r[i] + floor(sum_j c[j] s[i-1-j] / 2^shift).
/// Spans hold the warm-up samples first, then residuals.
/// </summary>
internal static class FlacPrediction
{
    private static readonly int[][] Fixed = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

    /// <summary>The fixed predictor of order 0 to 4 as coefficients, that of the latest sample first.</summary>
    public static ReadOnlySpan<int> FixedCoefficients(int order) => Fixed[order];

    /// <summary>Restores a fixed predictor of order 0 to 4. Sums may wrap around: what fits 32 bits in the end is right.</summary>
    public static void RestoreFixed(int order, Span<int> samples)
    {
        switch (order)
        {
            case 1:
                for (int i = 1; i < samples.Length; i++)
                {
                    samples[i] += samples[i - 1];
                }

                break;
            case 2:
                for (int i = 2; i < samples.Length; i++)
                {
                    samples[i] += (2 * samples[i - 1]) - samples[i - 2];
                }

                break;
            case 3:
                for (int i = 3; i < samples.Length; i++)
                {
                    samples[i] += (3 * (samples[i - 1] - samples[i - 2])) + samples[i - 3];
                }

                break;
            case 4:
                for (int i = 4; i < samples.Length; i++)
                {
                    samples[i] += (4 * (samples[i - 1] + samples[i - 3])) - (6 * samples[i - 2]) - samples[i - 4];
                }

                break;
        }
    }

    /// <summary>Restores a linear predictor for samples of <paramref name="bits"/> bits.</summary>
    public static void RestoreLinear(ReadOnlySpan<int> coefficients, int shift, int bits, Span<int> samples)
    {
        int order = coefficients.Length;
        long sum = 0;
        Span<int> oldestFirst = stackalloc int[order];
        for (int j = 0; j < order; j++)
        {
            oldestFirst[order - 1 - j] = coefficients[j];
            sum += Math.Abs(coefficients[j]);
        }

        // The widest possible prediction decides whether 32 bits hold the sum.
        if (sum << (bits - 1) <= int.MaxValue)
        {
            RestoreNarrow(oldestFirst, shift, samples);
        }
        else
        {
            RestoreLong(oldestFirst, shift, samples);
        }
    }

    /// <summary>Restores samples beyond 32 bits; residuals before the order's end are not looked at.</summary>
    public static void RestoreWide(ReadOnlySpan<int> coefficients, int shift, ReadOnlySpan<int> residuals, Span<long> samples)
    {
        for (int i = coefficients.Length; i < samples.Length; i++)
        {
            long sum = 0;
            for (int j = 0; j < coefficients.Length; j++)
            {
                sum += coefficients[j] * samples[i - 1 - j];
            }

            samples[i] = residuals[i] + (sum >> shift);
        }
    }

    private static void RestoreNarrow(ReadOnlySpan<int> oldestFirst, int shift, Span<int> samples)
    {
        // Inner loop without bounds checks: it touches coefficients [0, order) and samples [i - order, i).
        int order = oldestFirst.Length;
        ref int coefficient = ref MemoryMarshal.GetReference(oldestFirst);
        ref int window = ref MemoryMarshal.GetReference(samples);
        for (int i = order; i < samples.Length; i++)
        {
            int sum = 0;
            for (int j = 0; j < order; j++)
            {
                sum += Unsafe.Add(ref coefficient, j) * Unsafe.Add(ref window, j);
            }

            samples[i] += sum >> shift;
            window = ref Unsafe.Add(ref window, 1);
        }
    }

    private static void RestoreLong(ReadOnlySpan<int> oldestFirst, int shift, Span<int> samples)
    {
        int order = oldestFirst.Length;
        ref int coefficient = ref MemoryMarshal.GetReference(oldestFirst);
        ref int window = ref MemoryMarshal.GetReference(samples);
        for (int i = order; i < samples.Length; i++)
        {
            long sum = 0;
            for (int j = 0; j < order; j++)
            {
                sum += (long)Unsafe.Add(ref coefficient, j) * Unsafe.Add(ref window, j);
            }

            samples[i] += (int)(sum >> shift);
            window = ref Unsafe.Add(ref window, 1);
        }
    }
}
