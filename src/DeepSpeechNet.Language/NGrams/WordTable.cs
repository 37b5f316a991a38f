using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Distinct words in the order in which they came, each as UTF-8 bytes under the number of its turn, with a hash of them for
/// look-up: the store beneath <see cref="Vocabulary"/> and beneath the counting of texts. Reading from many threads is safe
/// while nobody adds.
/// </summary>
internal sealed class WordTable
{
    private const int StackBytes = 512;
    private byte[] _bytes;
    private int[] _ends;
    private int[] _slots;
    private int _count;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">Words to expect.</param>
    public WordTable(int capacity = 64)
    {
        capacity = Math.Max(capacity, 16);
        _bytes = new byte[capacity * 8];
        _ends = new int[capacity];
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)capacity * 2)];
    }

    /// <summary>Number of words.</summary>
    public int Count => _count;

    /// <summary>Bytes of all words together.</summary>
    public int TotalBytes => _count == 0 ? 0 : _ends[_count - 1];

    /// <summary>The bytes of a word.</summary>
    public ReadOnlySpan<byte> this[int id]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, _count);
            int start = id == 0 ? 0 : _ends[id - 1];
            return _bytes.AsSpan(start, _ends[id] - start);
        }
    }

    /// <summary>The number of a word; -1 where there is none such.</summary>
    public int Find(ReadOnlySpan<byte> word)
    {
        int id = _slots[SlotOf(word)];
        return id - 1;
    }

    /// <summary>The number of a word; -1 where there is none such. Allocates nothing for words under 170 letters.</summary>
    public int Find(ReadOnlySpan<char> word)
    {
        int most = Encoding.UTF8.GetMaxByteCount(word.Length);
        Span<byte> bytes = most <= StackBytes ? stackalloc byte[StackBytes] : new byte[most];
        return Find(bytes[..Encoding.UTF8.GetBytes(word, bytes)]);
    }

    /// <summary>The number of a word, which is added where there was none such.</summary>
    /// <exception cref="InvalidOperationException">The words would take more than 1 GiB.</exception>
    public int FindOrAdd(ReadOnlySpan<byte> word, out bool added)
    {
        int slot = SlotOf(word);
        if (_slots[slot] is var found and not 0)
        {
            added = false;
            return found - 1;
        }

        added = true;
        int start = TotalBytes;
        if ((long)start + word.Length > 1 << 30) throw new InvalidOperationException("The words of the vocabulary take more than 1 GiB.");
        if (start + word.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, start + word.Length));
        if (_count == _ends.Length) Array.Resize(ref _ends, _count * 2);
        word.CopyTo(_bytes.AsSpan(start));
        _ends[_count++] = start + word.Length;
        _slots[slot] = _count;
        if (_count * 2 > _slots.Length) Grow();
        return _count - 1;
    }

    /// <summary>The ends of all words in <see cref="AllBytes"/>.</summary>
    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, _count);

    /// <summary>The bytes of all words, one after the other.</summary>
    public ReadOnlySpan<byte> AllBytes => _bytes.AsSpan(0, TotalBytes);

    /// <summary>The slot that holds the word, or the empty one where it belongs.</summary>
    private int SlotOf(ReadOnlySpan<byte> word)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)Hash(word) & mask; ; slot = (slot + 1) & mask)
        {
            int id = _slots[slot];
            if (id == 0 || this[id - 1].SequenceEqual(word)) return slot;
        }
    }

    private void Grow()
    {
        int[] slots = new int[_slots.Length * 2];
        int mask = slots.Length - 1;
        for (int id = 0; id < _count; id++)
        {
            int slot = (int)Hash(this[id]) & mask;
            while (slots[slot] != 0) slot = (slot + 1) & mask;
            slots[slot] = id + 1;
        }

        _slots = slots;
    }

    /// <summary>Eight bytes at a time, folded by a multiplication whose two halves are added without carry.</summary>
    private static uint Hash(ReadOnlySpan<byte> word)
    {
        ulong hash = 0x9E3779B97F4A7C15 ^ (ulong)word.Length;
        for (; word.Length >= 8; word = word[8..]) hash = Fold(hash ^ MemoryMarshal.Read<ulong>(word));
        ulong rest = 0;
        foreach (byte b in word) rest = (rest << 8) | b;
        hash = Fold(hash ^ rest);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Fold(ulong value)
    {
        ulong high = Math.BigMul(value, 0xD6E8FEB86659FD93, out ulong low);
        return high ^ low;
    }
}
