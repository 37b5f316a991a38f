using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// A one-to-one shuffle of the keys (parent, word) of one n-gram length. Shuffled keys in ascending order are cut into equal ranges, the
/// buckets, of at most 2^32 keys: so bucket and lowest 32 bits give the key back, and these bits are all that has to be stored.
/// </summary>
internal readonly struct KeyMixer
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _mask;
    private readonly ulong _multiplier;
    private readonly int _wordBits;
    private readonly int _fold;
    private readonly int _shift;
    private readonly ulong _buckets;

    /// <param name="parents">Number of parents.</param>
    /// <param name="words">Number of words.</param>
    /// <param name="buckets">Number of buckets, at least <see cref="LeastBuckets"/>.</param>
    /// <param name="seed">Chooses among shuffles.</param>
    public KeyMixer(int parents, int words, int buckets, uint seed)
    {
        _buckets = (ulong)buckets;
        _wordBits = Bits(words);
        int bits = KeyBits(parents, words);
        _mask = (1UL << bits) - 1;
        _shift = 64 - bits;
        _multiplier = (Golden + (seed * 0xD6E8FEB86659FD92)) | 1;
        _fold = (bits + 1) / 2;
    }

    /// <summary>The least number of buckets with which 32 bits tell the keys of one apart.</summary>
    public static long LeastBuckets(int parents, int words) => 1L << Math.Max(0, KeyBits(parents, words) - 32);

    /// <summary>The bucket of a shuffled key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Bucket(ulong mixed) => Math.BigMul(mixed << _shift, _buckets, out _);

    /// <summary>Shuffles a key. The result belongs to a bucket whatever the arguments are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Mix(int parent, int word)
    {
        ulong key = (((ulong)(uint)parent << _wordBits) | (uint)word) & _mask;
        key ^= key >> _fold;
        return (key * _multiplier) & _mask;
    }

    /// <summary>The key of which a bucket keeps these bits.</summary>
    public (int Parent, int Word) Unmix(ulong bucket, uint kept)
    {
        ulong first = (ulong)((((UInt128)bucket << (64 - _shift)) + _buckets - 1) / _buckets);
        ulong mixed = first + (kept - (uint)first);
        // Newton's iteration doubles the right bits of the inverse of an odd number.
        ulong inverse = _multiplier;
        for (int i = 0; i < 6; i++) inverse *= 2 - (_multiplier * inverse);
        ulong key = (mixed * inverse) & _mask;
        key ^= key >> _fold;
        return ((int)(key >> _wordBits), (int)(key & ((1UL << _wordBits) - 1)));
    }

    private static int KeyBits(int parents, int words) => Bits(parents) + Bits(words);

    private static int Bits(int count) => Math.Max(1, BitOperations.Log2((uint)Math.Max(count - 1, 1)) + 1);
}
