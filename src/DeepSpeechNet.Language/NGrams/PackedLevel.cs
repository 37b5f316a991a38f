using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>The n-grams of one length in the binary form: where they lie, and how one is found.</summary>
internal readonly unsafe struct PackedLevel
{
    private readonly KeyMixer _mixer;
    private readonly uint* _starts;
    private readonly uint* _keys;
    private readonly int _keptBits;
    private readonly int _bucketBits;

    public PackedLevel(byte* data, in BinaryLayout.Level level, int parents, int tokens)
    {
        _mixer = new KeyMixer(parents, tokens, level.Seed);
        _bucketBits = level.BucketBits;
        _keptBits = _mixer.KeyBits - level.BucketBits;
        _starts = (uint*)(data + level.Starts);
        _keys = (uint*)(data + level.Keys);
        Books = (float*)(data + level.Books);
        Values = data + level.Values;
        Count = level.Count;
    }

    /// <summary>Number of n-grams.</summary>
    public int Count { get; }

    /// <summary>The values: float pairs, floats, byte pairs or bytes.</summary>
    public byte* Values { get; }

    /// <summary>What bytes stand for: 256 log probabilities, then 256 log back-off weights.</summary>
    public float* Books { get; }

    /// <summary>The place of an n-gram; negative where there is none such. Any arguments are safe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int parent, int word)
    {
        ulong key = _mixer.Mix(parent, word);
        ulong bucket = key >> _keptBits;
        var kept = Vector256.Create((uint)(key & ((1UL << _keptBits) - 1)));
        uint start = _starts[bucket], end = _starts[bucket + 1];
        for (; start < end; start += 8)
        {
            uint equal = Vector256.Equals(Vector256.Load(_keys + start), kept).ExtractMostSignificantBits();
            uint left = end - start;
            if (left < 8) equal &= (1u << (int)left) - 1;
            if (equal != 0) return (int)(start + (uint)BitOperations.TrailingZeroCount(equal));
        }

        return -1;
    }

    /// <summary>Checks that the buckets cover the n-grams in order and that none is large: then no search leaves the section or takes long.</summary>
    /// <exception cref="ModelFormatException">They do not.</exception>
    public void Check(string name, int length)
    {
        long buckets = 1L << _bucketBits;
        uint last = _starts[0];
        bool right = last == 0;
        for (long b = 1; b <= buckets && right; b++)
        {
            uint next = _starts[b];
            right = next >= last && next - last <= BinaryLayout.LargestBucket;
            last = next;
        }

        if (!right || last != Count)
            throw new ModelFormatException(name, $"the {length}-grams", "are not in order: the n-gram model is damaged, copy it again");
    }

    /// <summary>Parent and last word of every n-gram, in the order of their places.</summary>
    /// <exception cref="ModelFormatException">A parent or word does not exist, or an n-gram is there twice.</exception>
    public NGramLevel ToLevel(int parents, int tokens, string name, int length)
    {
        NGramLevel level = new(Count);
        long buckets = 1L << _bucketBits;
        for (long b = 0; b < buckets; b++)
        {
            for (uint i = _starts[b]; i < _starts[b + 1]; i++)
            {
                (int parent, int word) = _mixer.Unmix(((ulong)b << _keptBits) | _keys[i]);
                bool added = false;
                if ((uint)parent < (uint)parents && (uint)word < (uint)tokens) level.FindOrAdd(parent, word, out added);
                if (!added) throw new ModelFormatException(name, $"the {length}-grams", "contradict each other: the n-gram model is damaged, copy it again");
            }
        }

        return level;
    }
}
