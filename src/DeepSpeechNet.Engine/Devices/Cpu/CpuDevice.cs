using System.Runtime.Intrinsics;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

/// <summary>
/// The processor as a device: SIMD kernels (AVX-512, AVX2 with FMA, Arm, or plain code, chosen at run time) on a team of threads. The
/// primitives stand in one file per family beside this one. Results do not depend on the number of threads.
/// </summary>
public sealed unsafe partial class CpuDevice : Device
{
    /// <summary>A buffer is taken for a tensor of half its size at least.</summary>
    private const int MostWaste = 2;

    private readonly Dictionary<long, Stack<CpuBuffer>> _pool = [];
    private readonly List<CpuBuffer> _all = [];
    private readonly WorkerTeam _team;
    private bool _disposed;

    /// <summary>A device with the given settings, or one thread per processor.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public CpuDevice(CpuDeviceOptions? options = null)
    {
        options ??= new CpuDeviceOptions();
        options.Validate();
        _team = new WorkerTeam(options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
    }

    /// <summary>How many threads work on a primitive.</summary>
    public int Threads => _team.Size;

    /// <inheritdoc/>
    public override string Description =>
        $"cpu: {Threads} thread{(Threads == 1 ? "" : "s")}, {(Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : "128")}-bit vectors";

    /// <summary>How many bytes the pool has taken from the system so far.</summary>
    public long AllocatedBytes { get; private set; }

    /// <inheritdoc/>
    public override Tensor Allocate(ElementType type, Shape shape)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long size = SizeClass(Math.Max(shape.Count * type.Size(), CpuBuffer.Alignment));
        if (Unused(size) is not { } buffer)
        {
            buffer = new CpuBuffer(size);
            _all.Add(buffer);
            AllocatedBytes += size;
        }

        return new Tensor(this, buffer, 0, type, shape);
    }

    /// <summary>
    /// The smallest buffer that lies unused and is large enough, but not much too large: batches of all lengths would otherwise leave buffers of all sizes behind.
    /// </summary>
    private CpuBuffer? Unused(long size)
    {
        for (long fitting = size; fitting <= MostWaste * size; fitting = SizeClass(fitting + 1))
        {
            if (_pool.TryGetValue(fitting, out Stack<CpuBuffer>? free) && free.TryPop(out CpuBuffer? buffer))
                return buffer;
        }

        return null;
    }

    /// <inheritdoc/>
    public override void Release(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        CpuBuffer buffer = (CpuBuffer)tensor.Buffer;
        if (!_pool.TryGetValue(buffer.ByteLength, out Stack<CpuBuffer>? free))
            _pool.Add(buffer.ByteLength, free = new Stack<CpuBuffer>());
        buffer.MarkChanged();
        free.Push(buffer);
    }

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<byte> source, Tensor target)
    {
        CheckLength(source.Length, target);
        source.CopyTo(new Span<byte>(Bytes(target), source.Length));
        target.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void Download(Tensor source, Span<byte> target)
    {
        CheckLength(target.Length, source);
        new ReadOnlySpan<byte>(Bytes(source), target.Length).CopyTo(target);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (disposing)
        {
            _team.Dispose();
            _product?.Dispose();
        }

        foreach (CpuBuffer buffer in _all)
            buffer.Free();
    }

    /// <summary>The first byte of a tensor of this device.</summary>
    internal static byte* Bytes(Tensor tensor) => ((CpuBuffer)tensor.Buffer).Pointer + tensor.ByteOffset;

    /// <summary>The first element of a float32 tensor of this device.</summary>
    internal static float* Floats(Tensor tensor)
    {
        if (tensor.Type != ElementType.Float32)
            throw new ArgumentException($"A float32 tensor is needed here, not {tensor}.", nameof(tensor));
        return (float*)Bytes(tensor);
    }

    /// <summary>The first element of a float32 tensor of this device, or null where there is none.</summary>
    internal static float* FloatsOrNull(Tensor? tensor) => tensor is null ? null : Floats(tensor);

    /// <summary>The first element of an int32 tensor of this device.</summary>
    internal static int* Integers(Tensor tensor)
    {
        if (tensor.Type != ElementType.Int32)
            throw new ArgumentException($"An int32 tensor is needed here, not {tensor}.", nameof(tensor));
        return (int*)Bytes(tensor);
    }

    /// <summary>Sizes in steps of an eighth of a power of two, so that batches of slightly different lengths share buffers.</summary>
    private static long SizeClass(long bytes)
    {
        long step = Math.Max(CpuBuffer.Alignment, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes) / 16);
        return (bytes + step - 1) / step * step;
    }

    private static void CheckLength(int bytes, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (bytes != tensor.ByteLength)
            throw new ArgumentException($"{bytes} bytes on the host do not match the tensor {tensor} of {tensor.ByteLength} bytes.", nameof(tensor));
    }
}
