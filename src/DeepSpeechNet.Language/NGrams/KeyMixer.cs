using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// A one-to-one shuffle of the keys (parent, word) of one n-gram length, whose upper bits choose a bucket and whose lower bits
/// are kept in it. Since it can be undone, those lower bits are all that has to be stored: bucket and bits give the n-gram back.
/// </summary>
internal readonly struct KeyMixer
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _mask;
    private readonly ulong _multiplier;
    private readonly int _wordBits;
    private readonly int _fold;

    /// <param name="parents">Number of parents.</param>
    /// <param name="words">Number of words.</param>
    /// <param name="seed">Chooses among shuffles.</param>
    public KeyMixer(int parents, int words, uint seed)
    {
        _wordBits = Bits(words);
        KeyBits = _wordBits + Bits(parents);
        _mask = (1UL << KeyBits) - 1;
        _multiplier = (Golden + (seed * 0xD6E8FEB86659FD92)) | 1;
        _fold = (KeyBits + 1) / 2;
    }

    /// <summary>Length of a key in bits.</summary>
    public int KeyBits { get; }

    /// <summary>Shuffles a key. The result has <see cref="KeyBits"/> bits whatever the arguments are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Mix(int parent, int word)
    {
        ulong key = (((ulong)(uint)parent << _wordBits) | (uint)word) & _mask;
        key ^= key >> _fold;
        return (key * _multiplier) & _mask;
    }

    /// <summary>Undoes <see cref="Mix"/>.</summary>
    public (int Parent, int Word) Unmix(ulong mixed)
    {
        // Newton's iteration doubles the right bits of the inverse of an odd number.
        ulong inverse = _multiplier;
        for (int i = 0; i < 6; i++) inverse *= 2 - (_multiplier * inverse);
        ulong key = (mixed * inverse) & _mask;
        key ^= key >> _fold;
        return ((int)(key >> _wordBits), (int)(key & ((1UL << _wordBits) - 1)));
    }

    private static int Bits(int count) => Math.Max(1, BitOperations.Log2((uint)Math.Max(count - 1, 1)) + 1);
}
