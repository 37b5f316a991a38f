using DeepSpeechNet.Engine.Devices;

namespace DeepSpeechNet.Engine.Tensors;

/// <summary>
/// A handle to numbers on a device: element type, shape, and where in which buffer they lie (dense, row-major). Several tensors may
/// view one buffer. The numbers are reached through <see cref="Devices.Device"/> alone: its primitives take and return handles, and
/// <see cref="Device.Upload"/> and <see cref="Device.Download"/> are the only ways across.
/// </summary>
public sealed class Tensor
{
    private int? _bytesVersion;

    /// <summary>A view of <paramref name="buffer"/> from byte <paramref name="byteOffset"/> on.</summary>
    /// <exception cref="ArgumentException">The view does not lie inside the buffer.</exception>
    public Tensor(Device device, DeviceBuffer buffer, long byteOffset, ElementType type, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(buffer);
        if (byteOffset < 0 || byteOffset + (shape.Count * type.Size()) > buffer.ByteLength)
            throw new ArgumentException($"A tensor {shape} of {type} at byte {byteOffset} does not fit a buffer of {buffer.ByteLength} bytes.", nameof(shape));
        Device = device;
        Buffer = buffer;
        ByteOffset = byteOffset;
        Type = type;
        Shape = shape;
    }

    /// <summary>The device that holds the numbers.</summary>
    public Device Device { get; }

    /// <summary>The memory the numbers lie in.</summary>
    public DeviceBuffer Buffer { get; }

    /// <summary>Where in <see cref="Buffer"/> the first element lies.</summary>
    public long ByteOffset { get; }

    /// <summary>What one element is.</summary>
    public ElementType Type { get; }

    /// <summary>The extents, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>How many elements there are.</summary>
    public long Count => Shape.Count;

    /// <summary>How many bytes they take.</summary>
    public long ByteLength => Shape.Count * Type.Size();

    /// <summary>Whether a backward pass computes a gradient for this tensor: parameters, and what is computed from them.</summary>
    public bool RequiresGradient { get; set; }

    /// <summary>
    /// Whether this is a parameter of a model: it changes only when its buffer's <see cref="DeviceBuffer.Version"/> rises, so a device may keep
    /// derived forms of it in <see cref="DeviceCache"/>.
    /// </summary>
    public bool IsParameter { get; set; }

    /// <summary>
    /// Whether each row of this matrix of weights is a number times whole numbers from -127 to 127, as it is when it comes from a file of 8 bits a weight
    /// (<see cref="Checkpoints.ByteWeights"/>): a device may then multiply in whole numbers. No longer so once anything in the buffer has changed.
    /// </summary>
    public bool RowsFitBytes
    {
        get => _bytesVersion == Buffer.Version;
        set => _bytesVersion = value ? Buffer.Version : null;
    }

    /// <summary>
    /// Whether the gradient of this table [rows, features] comes as rows with indices, because a step touches few of them; only operations that look rows
    /// up can train it.
    /// </summary>
    public bool RowSparse { get; set; }

    /// <summary>The gradient of the loss with respect to this tensor, of the same shape; none before a backward pass reaches it.</summary>
    public Tensor? Gradient { get; internal set; }

    /// <summary>The pass of the tape that last wrote <see cref="Gradient"/>; the tape's own.</summary>
    internal object? GradientPass { get; set; }

    /// <summary>Whether a tape still has to give the memory back; the tape's own.</summary>
    internal bool OwnedByTape { get; set; }

    /// <summary>
    /// Forms of a weight that its device derived and keeps (packed panels, say), with the <see cref="DeviceBuffer.Version"/> they were
    /// made from. For the device that owns the tensor alone.
    /// </summary>
    public object? DeviceCache { get; set; }

    /// <summary>Another view of the same numbers, from element <paramref name="elementOffset"/> of this one on.</summary>
    /// <exception cref="ArgumentException">The view would reach past the end of this tensor.</exception>
    public Tensor View(Shape shape, long elementOffset = 0)
    {
        if (elementOffset < 0 || elementOffset + shape.Count > Count)
            throw new ArgumentException($"A view {shape} from element {elementOffset} on does not fit the tensor {Shape}.", nameof(shape));
        return new Tensor(Device, Buffer, ByteOffset + (elementOffset * Type.Size()), Type, shape);
    }

    /// <summary>The shape and element type, for messages.</summary>
    public override string ToString() => $"{Type}{Shape}";
}
