namespace DeepSpeechNet.Engine.Devices;

/// <summary>
/// A random number for each pair of seed and counter, with no state to carry: every device, thread count and pass draws the same.
/// The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood 2014) over the seed plus the counter times the golden ratio.
/// </summary>
public static class CounterRandom
{
    /// <summary>64 random bits of (seed, counter).</summary>
    public static ulong Bits(ulong seed, ulong counter)
    {
        ulong z = seed + ((counter + 1) * 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>A number in [0, 1) with 24 random bits.</summary>
    public static float Uniform(ulong seed, ulong counter) => (Bits(seed, counter) >> 40) * (1f / (1 << 24));

    /// <summary>A seed of its own for the named or numbered part of a run.</summary>
    public static ulong Fork(ulong seed, ulong part) => Bits(seed ^ 0xD1B54A32D192ED03UL, part);
}
