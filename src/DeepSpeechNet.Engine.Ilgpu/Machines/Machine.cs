using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Tensors;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>How many groups, or how many lanes a group.</summary>
internal readonly record struct Extent(int X, int Y = 1, int Z = 1);

/// <summary>
/// What <see cref="IlgpuDevice"/> needs of a card: memory, launches in the order given, transfers that wait. Everything above it is the same for a card, for
/// the processor as a card, and for the tests' stand-in.
/// </summary>
internal abstract class Machine : IDisposable
{
    /// <summary>What people call it.</summary>
    public abstract string Name { get; }

    /// <summary>Lanes of a group whose lanes do not talk.</summary>
    public abstract int Lanes { get; }

    /// <summary>Lanes of a group that adds up, a power of two up to <see cref="GroupSums.MostLanes"/>.</summary>
    public abstract int GroupLanes { get; }

    /// <summary>The side of a square group that makes a tile, a power of two up to <see cref="MatMulKernels.MostSide"/>.</summary>
    public abstract int TileSide { get; }

    /// <summary>How often a group asks whether those that it waits for have come, before it gives up: some seconds' worth.</summary>
    public virtual int Patience => 1 << 23;

    /// <summary>How many kernels were launched so far.</summary>
    public abstract long Launches { get; }

    /// <summary>Memory of its own.</summary>
    /// <exception cref="OutOfDeviceMemoryException">There is not that much left.</exception>
    public abstract MachineBuffer Allocate(long bytes);

    /// <summary>Whether groups of a launch may wait for each other at all. How a recurrence is cut depends on this, so that it never changes.</summary>
    public virtual bool GroupsMeet => false;

    /// <summary>
    /// How many groups of a kernel are sure to run at the same time, so that they may wait for each other; none where nobody can tell.
    /// </summary>
    public virtual int GroupsAtOnce<T>(Action<T> kernel, int lanes)
        where T : struct => 0;

    /// <summary>Queues a kernel.</summary>
    public abstract void Launch<T>(Action<T> kernel, Extent grid, Extent group, in T arguments)
        where T : struct;

    /// <summary>Copies to the card, in the order of what is queued; the source may change as soon as this returns.</summary>
    public abstract void Upload(ReadOnlySpan<byte> source, ArrayView<byte> target);

    /// <summary>Copies from the card; waits for everything queued before.</summary>
    public abstract void Download(ArrayView<byte> source, Span<byte> target);

    /// <summary>Waits for everything queued before.</summary>
    public abstract void Wait();

    /// <summary>Whether this product is worth a call of the vendor's library, or is one for tensor cores.</summary>
    public virtual bool HasFasterWayFor(in MatMulArguments product) => false;

    /// <summary>Queues a product (neither bias nor activation) for which there is a faster way.</summary>
    public virtual void Multiply(in MatMulArguments product) => throw new NotSupportedException($"{Name} has no faster way for products.");

    /// <summary>The same, with the factors in bfloat16: laid out as in the product, but without its offsets.</summary>
    public virtual void Multiply(in MatMulArguments product, ArrayView<ushort> a, ArrayView<ushort> b) => throw new NotSupportedException($"{Name} has no faster way for products.");

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A stretch of a machine's memory.</summary>
internal abstract class MachineBuffer(long byteLength) : DeviceBuffer(byteLength)
{
    /// <summary>All of it.</summary>
    public abstract ArrayView<byte> Bytes { get; }

    /// <summary>Gives it back to the system.</summary>
    public abstract void Free();
}
