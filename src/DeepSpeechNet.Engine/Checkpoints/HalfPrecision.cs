using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>Half precision to single: exact, infinities and not-a-number included.</summary>
public static class HalfPrecision
{
    /// <summary>Widens as many values as there are.</summary>
    public static void Widen(ReadOnlySpan<Half> source, Span<float> target)
    {
        ReadOnlySpan<ushort> bits = MemoryMarshal.Cast<Half, ushort>(source);
        int i = 0;
        for (; i <= bits.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.Create(bits[i..]));
            Widen(low).CopyTo(target[i..]);
            Widen(high).CopyTo(target[(i + Vector128<uint>.Count)..]);
        }

        for (; i < bits.Length; i++)
            target[i] = (float)source[i];
    }

    /// <summary>
    /// Exponent and fraction moved to their places, then the exponents' bias, 15 to 127, made good by a factor of 2^112, which turns subnormal halves
    /// into normal singles too. The largest exponent means infinity or not-a-number and becomes the largest again.
    /// </summary>
    private static Vector128<float> Widen(Vector128<uint> half)
    {
        Vector128<uint> size = half & Vector128.Create(0x7FFFu);
        Vector128<float> value = (size << 13).AsSingle() * Vector128.Create(BitConverter.UInt32BitsToSingle((127u + 112u) << 23));
        Vector128<uint> special = Vector128.GreaterThanOrEqual(size, Vector128.Create(0x7C00u)) & Vector128.Create(0xFFu << 23);
        return (value.AsUInt32() | special | ((half & Vector128.Create(0x8000u)) << 16)).AsSingle();
    }
}
