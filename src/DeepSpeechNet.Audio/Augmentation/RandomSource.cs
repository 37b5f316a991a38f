namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// A stream of random numbers that is the same on every machine for the same seed: SplitMix64 (Steele, Lea and Flood 2014).
/// One thread at a time.
/// </summary>
public sealed class RandomSource
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <summary>Starts a stream.</summary>
    public RandomSource(ulong seed) => _state = seed;

    /// <summary>A seed for one part of what a seed stands for: an epoch, an utterance, a stage.</summary>
    public static ulong Fork(ulong seed, ulong part) => Mix(Mix(seed + Golden) ^ (part + 1) * Golden);

    /// <summary>Starts another stream in the same object.</summary>
    public void Reset(ulong seed) => _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state += Golden);

    /// <summary>A number in [0, 1).</summary>
    public double NextUniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public double NextUniform(double low, double high) => low + ((high - low) * NextUniform());

    /// <summary>A whole number from 0 to <paramref name="count"/> - 1.</summary>
    /// <exception cref="ArgumentException"><paramref name="count"/> is below 1.</exception>
    public int NextInt(int count)
    {
        if (count < 1)
            throw new ArgumentException($"One of {count} was to be drawn; there must be at least one.");
        return (int)(((NextBits() >> 32) * (ulong)count) >> 32);
    }

    /// <summary>
    /// A number with mean 0 and variance 1 that is nearly Gaussian: the sum of four uniform ones (Irwin and Hall 1927).
    /// </summary>
    public float NextGaussian()
    {
        // Four 16-bit numbers out of one draw; their sum has mean 2 (65535/65536) and variance 1/3.
        ulong bits = NextBits();
        uint sum = (uint)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48));
        return (sum - 131070f) * (1.7320508f / 65536);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
