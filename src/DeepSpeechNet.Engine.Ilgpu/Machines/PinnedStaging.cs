using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>
/// Page-locked host memory that uploads go through: a card fetches from it by itself, behind the work queued before, so that nobody waits. Pieces are handed out one behind the other; when
/// they are used up the queue is waited for, unless something else has waited for it (<see cref="Drained"/>), as the download at the end of a training step does. Where the system
/// locks no memory, uploads come from where they lie, and wait.
/// </summary>
internal sealed class PinnedStaging(Accelerator accelerator, AcceleratorStream stream) : IDisposable
{
    /// <summary>More than this is never locked; longer uploads go in pieces.</summary>
    public const int MostBytes = 1 << 27;

    private const int FewestBytes = 1 << 20;
    private const int Alignment = 256;

    private PageLockedArray1D<byte>? _memory;
    private int _used;
    private bool _refused;

    /// <summary>Queues a copy to the card; the source may change as soon as this returns.</summary>
    public void Upload(ReadOnlySpan<byte> source, ArrayView<byte> target)
    {
        for (int done = 0; done < source.Length;)
        {
            if (Room(source.Length - done) is not { } memory)
            {
                target.SubView(done, source.Length - done).CopyFromCPU(stream, ref MemoryMarshal.GetReference(source[done..]), source.Length - done);
                return;
            }

            int count = Math.Min(source.Length - done, (int)memory.Length - _used);
            source.Slice(done, count).CopyTo(memory.Span[_used..]);
            // By its address: given a part of a longer piece of host memory as a view, ILGPU copies all of that piece on OpenCL.
            target.SubView(done, count).CopyFromCPUUnsafeAsync(stream, ref memory[_used], count);
            _used = Math.Min((int)memory.Length, (_used + count + Alignment - 1) / Alignment * Alignment);
            done += count;
        }
    }

    /// <summary>Everything queued so far is done: all of the memory is free again.</summary>
    public void Drained() => _used = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_memory is null)
            return;
        try
        {
            stream.Synchronize();
        }
        catch (AcceleratorException)
        {
            // The card failed: it copies nothing any more.
        }

        CardMemory.Free(_memory);
    }

    /// <summary>The memory, with room for so many bytes behind <see cref="_used"/>, or with all of it free; null where there is none to be had.</summary>
    private PageLockedArray1D<byte>? Room(int bytes)
    {
        if (_refused)
            return null;
        if (_memory is not null && bytes <= _memory.Length - _used)
            return _memory;
        if (_used > 0)
            stream.Synchronize();
        _used = 0;
        int wanted = Math.Clamp((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(bytes, MostBytes)), FewestBytes, MostBytes);
        if (_memory is not null && wanted <= _memory.Length)
            return _memory;
        CardMemory.Free(_memory);
        _memory = null;
        try
        {
            return _memory = accelerator.AllocatePageLocked1D<byte>(wanted, uninitialized: true);
        }
        catch (Exception e) when (e is AcceleratorException or NotSupportedException or OutOfMemoryException)
        {
            _refused = true;
            return null;
        }
    }
}
