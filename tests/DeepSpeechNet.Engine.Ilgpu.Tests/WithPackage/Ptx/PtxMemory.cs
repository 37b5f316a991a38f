namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>
/// The memory that a kernel's instructions reach, every access checked as a card would or should: it lies within one buffer or piece of shared memory, is aligned to its size, and goes to
/// shared memory by instructions for that alone.
/// </summary>
internal sealed class PtxMemory
{
    private readonly List<(long Start, long End)> _buffers = [];
    private int _last;

    /// <summary>Makes a buffer known.</summary>
    public void Add(long start, long bytes) => _buffers.Add((start, start + bytes));

    /// <summary>Forgets it.</summary>
    public void Remove(long start)
    {
        _buffers.RemoveAll(b => b.Start == start);
        _last = 0;
    }

    /// <summary>An address in the card's memory.</summary>
    public long Global(long address, int bytes)
    {
        if (_last < _buffers.Count && Lies(_buffers[_last], address, bytes))
            return Aligned(address, bytes);
        _last = _buffers.FindIndex(b => Lies(b, address, bytes));
        if (_last >= 0)
            return Aligned(address, bytes);
        _last = 0;
        throw new InvalidOperationException($"{bytes} bytes at {address:X} lie in no buffer.");
    }

    /// <summary>An address in a group's shared memory.</summary>
    public static long Shared(PtxFrame frame, long address, int bytes) => Within(frame.Shared, address, bytes, "shared memory");

    /// <summary>An address in the memory that a lane has for itself.</summary>
    public static long Local(PtxFrame frame, long address, int bytes) => Within(frame.Local, address, bytes, "the lane's own memory");

    private static long Within((long Start, long End)[] pieces, long address, int bytes, string where)
    {
        foreach ((long Start, long End) piece in pieces)
        {
            if (Lies(piece, address, bytes))
                return Aligned(address, bytes);
        }

        throw new InvalidOperationException($"{bytes} bytes at {address:X} do not lie in {where}.");
    }

    private static bool Lies((long Start, long End) piece, long address, int bytes) => address >= piece.Start && address <= piece.End - bytes;

    private static long Aligned(long address, int bytes) => address % bytes == 0 ? address : throw new InvalidOperationException($"{bytes} bytes at {address:X} are not aligned.");
}
