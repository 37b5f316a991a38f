using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>
/// A graphics card (CUDA or OpenCL) as a device, through ILGPU: every primitive is one or a few kernels, plain C# methods that ILGPU compiles for the card.
/// The primitives stand in one file per family beside this one; <see cref="DeviceCatalog"/> makes such devices.
/// <para>
/// All work goes into one queue in the order given, so that memory can be handed on as soon as it is released, and only
/// <see cref="Download"/> waits. Indices and lengths lie on the card, so that what <see cref="Device"/> refuses "where the device can tell at once" shows
/// here as NaN.
/// </para>
/// </summary>
public sealed partial class IlgpuDevice : Device
{
    private const int Alignment = 256;

    /// <summary>Kernels count in 32 bits, and the last step of a strided loop goes at most so far beyond the end.</summary>
    private const int MostElements = int.MaxValue - 8192;

    private readonly Machine _machine;
    private readonly CardOptions _options;
    private readonly Dictionary<long, Stack<MachineBuffer>> _pool = [];
    private readonly List<MachineBuffer> _all = [];
    private readonly MachineBuffer _none;
    private bool _disposed;

    /// <summary>A device on a machine, which it owns.</summary>
    internal IlgpuDevice(Machine machine, CardOptions? options = null)
    {
        _options = options ?? new CardOptions();
        _persistent = _options.PersistentRecurrence;
        _machine = _options.Profile is { } profile ? new ProfiledMachine(machine, profile) : machine;
        _none = machine.Allocate(Alignment);
        _all.Add(_none);
    }

    /// <inheritdoc/>
    public override string Description => $"gpu: {_machine.Name}{(_options.Precision == ProductPrecision.BFloat16 ? ", bfloat16 factors" : "")}";

    /// <summary>How many bytes the pool has taken from the card so far.</summary>
    public long AllocatedBytes { get; private set; }

    /// <inheritdoc/>
    public override long Launches => _machine.Launches;

    /// <inheritdoc/>
    public override Tensor Allocate(ElementType type, Shape shape) => new(this, Rent(shape.Count * type.Size()), 0, type, shape);

    /// <inheritdoc/>
    public override void Release(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Buffer.MarkChanged();
        Return(BufferOf(tensor));
    }

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<byte> source, Tensor target)
    {
        CheckLength(source.Length, target);
        if (source.Length > 0)
            _machine.Upload(source, Bytes(target));
        target.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void Download(Tensor source, Span<byte> target)
    {
        CheckLength(target.Length, source);
        if (target.Length == 0)
            return;
        _machine.Download(Bytes(source), target);
        CheckMeetings();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!disposing)
            return;
        foreach (MachineBuffer buffer in _all)
            buffer.Free();
        _machine.Dispose();
    }

    /// <summary>Memory of at least so many bytes from the pool.</summary>
    private MachineBuffer Rent(long bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long size = SizeClass(Math.Max(bytes, Alignment));
        if (_pool.TryGetValue(size, out Stack<MachineBuffer>? free) && free.TryPop(out MachineBuffer? buffer))
            return buffer;
        buffer = AllocateOrTidy(size);
        _all.Add(buffer);
        AllocatedBytes += size;
        return buffer;
    }

    /// <summary>A new buffer; where the card is full, what lies unused in the pool is given back first.</summary>
    private MachineBuffer AllocateOrTidy(long size)
    {
        try
        {
            return _machine.Allocate(size);
        }
        catch (OutOfDeviceMemoryException)
        {
            foreach (Stack<MachineBuffer> free in _pool.Values)
            {
                while (free.TryPop(out MachineBuffer? buffer))
                {
                    AllocatedBytes -= buffer.ByteLength;
                    _all.Remove(buffer);
                    buffer.Free();
                }
            }
        }

        try
        {
            return _machine.Allocate(size);
        }
        catch (OutOfDeviceMemoryException e)
        {
            throw OutOfDeviceMemoryException.For(_machine.Name, size, AllocatedBytes, e);
        }
    }

    private void Return(MachineBuffer buffer)
    {
        if (!_pool.TryGetValue(buffer.ByteLength, out Stack<MachineBuffer>? free))
            _pool.Add(buffer.ByteLength, free = new Stack<MachineBuffer>());
        free.Push(buffer);
    }

    /// <summary>Scratch memory, to be given back with <see cref="Return"/> once everything that uses it is queued.</summary>
    private ArrayView<T> Scratch<T>(long count, out MachineBuffer buffer)
        where T : unmanaged
    {
        int size = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        CheckCount(count);
        buffer = Rent(count * size);
        return buffer.Bytes.SubView(0, Math.Max(count, 1) * size).Cast<T>();
    }

    /// <summary>Queues a kernel with one lane an element.</summary>
    private void Each<T>(Action<T> kernel, long count, in T arguments)
        where T : struct
    {
        CheckCount(count);
        if (count > 0)
            _machine.Launch(kernel, new Extent((int)((count + _machine.Lanes - 1) / _machine.Lanes)), new Extent(_machine.Lanes), arguments);
    }

    /// <summary>Queues a kernel with one group a row, of no more lanes than <paramref name="columns"/> are worth.</summary>
    private void EachRow<T>(Action<T> kernel, int rows, int columns, in T arguments)
        where T : struct
    {
        int lanes = Math.Min(_machine.GroupLanes, Math.Max(_machine.GroupLanes / 8, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(columns, 1))));
        if (rows > 0)
            _machine.Launch(kernel, new Extent(rows), new Extent(lanes), arguments);
    }

    private ArrayView<byte> Bytes(Tensor tensor) => BufferOf(tensor).Bytes.SubView(tensor.ByteOffset, tensor.ByteLength);

    private MachineBuffer BufferOf(Tensor tensor) => ReferenceEquals(tensor.Device, this) && tensor.Buffer is MachineBuffer buffer
        ? buffer
        : throw new ArgumentException($"The tensor {tensor} lies on another device.", nameof(tensor));

    private ArrayView<float> Floats(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Type != ElementType.Float32)
            throw new ArgumentException($"A float32 tensor is needed here, not {tensor}.", nameof(tensor));
        CheckCount(tensor.Count);
        return tensor.Count == 0 ? NoFloats : Bytes(tensor).Cast<float>();
    }

    private ArrayView<int> Integers(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Type != ElementType.Int32)
            throw new ArgumentException($"An int32 tensor is needed here, not {tensor}.", nameof(tensor));
        return tensor.Count == 0 ? NoIntegers : Bytes(tensor).Cast<int>();
    }

    private ArrayView<float> FloatsOrNone(Tensor? tensor) => tensor is null ? NoFloats : Floats(tensor);

    /// <summary>What stands for a tensor that is not there: every view of a kernel must point somewhere.</summary>
    private ArrayView<float> NoFloats => _none.Bytes.Cast<float>();

    private ArrayView<int> NoIntegers => _none.Bytes.Cast<int>();

    /// <summary>Sizes in steps of an eighth of a power of two, so that batches of slightly different lengths share buffers.</summary>
    private static long SizeClass(long bytes)
    {
        long step = Math.Max(Alignment, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes) / 16);
        return (bytes + step - 1) / step * step;
    }

    private static void CheckLength(int bytes, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (bytes != tensor.ByteLength)
            throw new ArgumentException($"{bytes} bytes on the host do not match the tensor {tensor} of {tensor.ByteLength} bytes.", nameof(tensor));
    }

    private static void CheckCount(long count)
    {
        if (count > MostElements)
            throw new ArgumentException($"{count} elements are more than the {MostElements} that a kernel counts: use fewer or shorter utterances a batch.");
    }

    private static void CheckCount(Tensor? tensor, long count, string name)
    {
        if (tensor is not null && tensor.Count != count)
            throw new ArgumentException($"The tensor {tensor} must have {count} elements.", name);
    }

    private static void SameCount(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Count != b.Count)
            throw new ArgumentException($"{a} and {b} have different numbers of elements.");
    }

    private static int Flag(bool value) => value ? 1 : 0;
}
