using System.Collections.Immutable;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>Name, element type, shape and place of one tensor in a tensor file.</summary>
/// <param name="Name">Name of the tensor, such as <c>acoustic.h1.weight</c>.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, slowest dimension first (row-major); empty for a scalar.</param>
/// <param name="Offset">First byte, from the start of the data buffer.</param>
/// <param name="Bytes">Size in bytes.</param>
public sealed record TensorEntry(string Name, StoredElementType Type, ImmutableArray<long> Shape, long Offset, long Bytes)
{
    /// <summary>Number of elements.</summary>
    public long Count => Bytes / Type.SizeInBytes();

    /// <summary>The shape for messages: <c>[128, 40]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
