using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Inverted dropout with the draws of <see cref="CounterRandom"/>, eight at a time. A uniform draw u = bits * 2^-24 is at least the rate exactly
/// where bits is at least the rate times 2^24 rounded up, so that the comparison is one of integers.
/// </summary>
internal static unsafe class DropoutKernel
{
    /// <summary>y = x / (1 - rate) where element <paramref name="first"/> + i is kept, else 0; or y += it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* x, float rate, ulong seed, ulong first, float* y, nint count, bool accumulate)
    {
        nint i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<uint> threshold = Vector256.Create((uint)MathF.Ceiling(rate * (1 << 24)));
            Vector256<float> kept = Vector256.Create(1 - rate);
            Vector256<ulong> golden = Vector256.Create(0x9E3779B97F4A7C15UL);
            Vector256<ulong> low = Vector256.Create(seed) + ((Vector256.Create(first + 1) + Vector256.Create(0UL, 1, 2, 3)) * golden);
            Vector256<ulong> four = Vector256.Create(unchecked(4 * 0x9E3779B97F4A7C15UL));
            for (; i <= count - 8; i += 8)
            {
                Vector256<ulong> high = low + four;
                Vector256<uint> draws = Vector256.Narrow(Mix(low) >>> 40, Mix(high) >>> 40);
                low = high + four;
                Vector256<float> mask = Vector256.GreaterThanOrEqual(draws, threshold).AsSingle();
                Vector256<float> value = Vector256.ConditionalSelect(mask, Vector256.Load(x + i) / kept, Vector256<float>.Zero);
                (accumulate ? Vector256.Load(y + i) + value : value).Store(y + i);
            }
        }

        for (; i < count; i++)
        {
            float value = CounterRandom.Uniform(seed, first + (ulong)i) >= rate ? x[i] / (1 - rate) : 0;
            y[i] = accumulate ? y[i] + value : value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Mix(Vector256<ulong> z)
    {
        z = (z ^ (z >>> 30)) * Vector256.Create(0xBF58476D1CE4E5B9UL);
        z = (z ^ (z >>> 27)) * Vector256.Create(0x94D049BB133111EBUL);
        return z ^ (z >>> 31);
    }
}
