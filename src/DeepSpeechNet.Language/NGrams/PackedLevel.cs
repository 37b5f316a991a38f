using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>The n-grams of one length in the binary form: where they lie, and how one is found.</summary>
internal readonly unsafe struct PackedLevel
{
    private const uint Lanes = 8;
    private readonly KeyMixer _mixer;
    private readonly uint* _blocks;
    private readonly uint* _overflow;
    private readonly int _blockCount;
    private readonly int _overflowCount;

    public PackedLevel(byte* data, in BinaryLayout.Level level, int parents, int tokens)
    {
        _mixer = new KeyMixer(parents, tokens, level.Blocks, level.Seed);
        _blocks = (uint*)(data + level.BlocksAt);
        _overflow = (uint*)(data + level.OverflowAt);
        _blockCount = level.Blocks;
        _overflowCount = level.Overflow;
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
        uint* block = _blocks + (_mixer.Bucket(key) * (BinaryLayout.BlockBytes / sizeof(uint)));
        var kept = Vector256.Create((uint)key);
        uint low = Vector256.Equals(Vector256.Load(block), kept).ExtractMostSignificantBits();
        uint high = Vector256.Equals(Vector256.Load(block + Lanes), kept).ExtractMostSignificantBits();
        uint count = (byte)block[1];
        // The first two numbers are no keys; what lies behind the last key does not count.
        uint equal = ((low | (high << (int)Lanes)) >> BinaryLayout.BlockHead) & (uint)((1UL << (int)count) - 1);
        if (equal != 0) return (int)(block[0] + (uint)BitOperations.TrailingZeroCount(equal));
        return count > BinaryLayout.BlockKeys ? FindInOverflow(block, count, kept) : -1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindInOverflow(uint* block, uint count, Vector256<uint> kept)
    {
        uint* keys = _overflow + (block[1] >> 8);
        uint left = count - BinaryLayout.BlockKeys;
        for (uint i = 0; i < left; i += Lanes)
        {
            uint equal = Vector256.Equals(Vector256.Load(keys + i), kept).ExtractMostSignificantBits();
            if (left - i < Lanes) equal &= (1u << (int)(left - i)) - 1;
            if (equal != 0) return (int)(block[0] + BinaryLayout.BlockKeys + i + (uint)BitOperations.TrailingZeroCount(equal));
        }

        return -1;
    }

    /// <summary>Checks that the blocks cover the n-grams in order, that none has many, and that their keys lie in the overflow: then no search
    /// leaves the sections or takes long.</summary>
    /// <exception cref="ModelFormatException">They do not.</exception>
    public void Check(string name, int length)
    {
        uint place = 0, overflow = 0;
        bool right = true;
        for (int b = 0; b < _blockCount && right; b++)
        {
            uint* block = _blocks + ((long)b * (BinaryLayout.BlockBytes / sizeof(uint)));
            uint count = (byte)block[1];
            right = block[0] == place && count <= BinaryLayout.LargestBucket && count <= (uint)Count - place;
            place += count;
            if (count <= BinaryLayout.BlockKeys) continue;
            right &= block[1] >> 8 == overflow && count - BinaryLayout.BlockKeys <= (uint)_overflowCount - overflow;
            overflow += count - BinaryLayout.BlockKeys;
        }

        if (!right || place != Count || overflow != _overflowCount)
            throw new ModelFormatException(name, $"the {length}-grams", "are not in order: the n-gram model is damaged, copy it again");
    }

    /// <summary>Parent and last word of every n-gram, in the order of their places.</summary>
    /// <exception cref="ModelFormatException">A parent or word does not exist, or an n-gram is there twice.</exception>
    public NGramLevel ToLevel(int parents, int tokens, string name, int length)
    {
        NGramLevel level = new(Count);
        for (int b = 0; b < _blockCount; b++)
        {
            uint* block = _blocks + ((long)b * (BinaryLayout.BlockBytes / sizeof(uint)));
            uint count = (byte)block[1];
            for (uint i = 0; i < count; i++)
            {
                uint kept = i < BinaryLayout.BlockKeys ? block[BinaryLayout.BlockHead + i] : _overflow[(block[1] >> 8) + i - BinaryLayout.BlockKeys];
                (int parent, int word) = _mixer.Unmix((ulong)b, kept);
                bool added = false;
                if ((uint)parent < (uint)parents && (uint)word < (uint)tokens) level.FindOrAdd(parent, word, out added);
                if (!added) throw new ModelFormatException(name, $"the {length}-grams", "contradict each other: the n-gram model is damaged, copy it again");
            }
        }

        return level;
    }
}
