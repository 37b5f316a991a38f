using System.Numerics;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// The n-grams of one length while a model is counted, read or pruned: each is the n-gram one word shorter at its beginning
/// (its parent, by number among those) and a last word. They are numbered as they come and found by a hash.
/// </summary>
internal sealed class NGramLevel
{
    private int[] _slots;
    private int _count;

    public NGramLevel(int capacity = 64)
    {
        capacity = Math.Max(capacity, 16);
        Parents = new int[capacity];
        Words = new int[capacity];
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)capacity * 2)];
    }

    /// <summary>Number of n-grams.</summary>
    public int Count => _count;

    /// <summary>Number of entries for which the arrays have room; it grows by half.</summary>
    public int Capacity => Parents.Length;

    /// <summary>The parent of each n-gram; the first <see cref="Count"/> are in use.</summary>
    public int[] Parents { get; private set; }

    /// <summary>The last word of each n-gram.</summary>
    public int[] Words { get; private set; }

    /// <summary>The number of an n-gram; -1 where there is none such.</summary>
    public int Find(int parent, int word) => _slots[SlotOf(parent, word)] - 1;

    /// <summary>The number of an n-gram, which is added where there was none such.</summary>
    public int FindOrAdd(int parent, int word, out bool added)
    {
        int slot = SlotOf(parent, word), found = _slots[slot];
        added = found == 0;
        if (!added) return found - 1;
        if (_count == Parents.Length) Resize();
        Parents[_count] = parent;
        Words[_count] = word;
        _slots[slot] = ++_count;
        // At most three of four slots are taken.
        if (_count > (_slots.Length >> 2) * 3L) Rehash(checked(_slots.Length * 2));
        return _count - 1;
    }

    /// <summary>Gives the hash back; nothing can be found or added from now on.</summary>
    public void ForgetHash() => _slots = [];

    private int SlotOf(int parent, int word)
    {
        int mask = _slots.Length - 1;
        int slot = Hash(parent, word) & mask;
        for (int held = _slots[slot]; held != 0; held = _slots[slot])
        {
            if (Words[held - 1] == word && Parents[held - 1] == parent) break;
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private static int Hash(int parent, int word)
    {
        ulong hash = (((ulong)(uint)parent << 32) | (uint)word) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
        return (int)(hash >> 33);
    }

    private void Resize()
    {
        int size = (int)Math.Min(Array.MaxLength, _count + (_count / 2L));
        int[] parents = Parents, words = Words;
        Array.Resize(ref parents, size);
        Array.Resize(ref words, size);
        Parents = parents;
        Words = words;
    }

    private void Rehash(int size)
    {
        _slots = new int[size];
        int mask = size - 1;
        for (int i = 0; i < _count; i++)
        {
            int slot = Hash(Parents[i], Words[i]) & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
        }
    }
}
