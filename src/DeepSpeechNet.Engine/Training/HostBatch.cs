using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Training;

/// <summary>
/// Collects the arrays of one batch in one stretch of host memory, so that a device gets them in one upload: reserve each array, fill it
/// through its span, then <see cref="Upload"/>. Its memory is kept from batch to batch. For one thread.
/// </summary>
public sealed class HostBatch
{
    private const int Alignment = 64;
    private readonly List<(int Offset, ElementType Type, Shape Shape)> _parts = [];
    private byte[] _bytes = [];
    private int _used;

    /// <summary>Forgets the arrays of the batch before.</summary>
    public void Clear()
    {
        _parts.Clear();
        _used = 0;
    }

    /// <summary>Adds an array of zeros and gives its number.</summary>
    /// <exception cref="ArgumentException">The batch would pass two gigabytes.</exception>
    public int Reserve(ElementType type, Shape shape)
    {
        long bytes = shape.Count * type.Size();
        long end = _used + ((bytes + Alignment - 1) / Alignment * Alignment);
        if (end > Array.MaxLength)
            throw new ArgumentException($"A batch of {end} bytes is too large: use fewer or shorter utterances a batch.", nameof(shape));
        if (end > _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(end, _bytes.Length * 3L / 2)));
        Array.Clear(_bytes, _used, (int)(end - _used));
        _parts.Add((_used, type, shape));
        _used = (int)end;
        return _parts.Count - 1;
    }

    /// <summary>The floats of array <paramref name="part"/>; valid until the next <see cref="Reserve"/>.</summary>
    public Span<float> Floats(int part) => Span<float>(part, ElementType.Float32);

    /// <summary>The integers of array <paramref name="part"/>; valid until the next <see cref="Reserve"/>.</summary>
    public Span<int> Integers(int part) => Span<int>(part, ElementType.Int32);

    /// <summary>Copies all arrays to the device in one upload; the tensors given are views of one allocation, the first of which is released to free all.</summary>
    public DeviceBatch Upload(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Tensor whole = device.Allocate(ElementType.Int8, new Shape(Math.Max(_used, 1)));
        device.Upload(_bytes.AsSpan(0, Math.Max(_used, 1)), whole);
        Tensor[] tensors = new Tensor[_parts.Count];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = new Tensor(device, whole.Buffer, whole.ByteOffset + _parts[i].Offset, _parts[i].Type, _parts[i].Shape);
        return new DeviceBatch(whole, tensors);
    }

    private Span<T> Span<T>(int part, ElementType type)
        where T : unmanaged
    {
        (int offset, ElementType actual, Shape shape) = _parts[part];
        if (actual != type)
            throw new InvalidOperationException($"Array {part} of the batch holds {actual}, not {type}.");
        return MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(offset, checked((int)(shape.Count * type.Size()))));
    }
}

/// <summary>The arrays of a batch on a device, in the order they were reserved.</summary>
/// <param name="Whole">The allocation that all lie in.</param>
/// <param name="Tensors">The arrays.</param>
public sealed record DeviceBatch(Tensor Whole, IReadOnlyList<Tensor> Tensors)
{
    /// <summary>Gives the memory back.</summary>
    public void Release() => Whole.Device.Release(Whole);
}
