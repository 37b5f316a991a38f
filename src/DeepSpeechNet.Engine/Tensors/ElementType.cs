namespace DeepSpeechNet.Engine.Tensors;

/// <summary>What one element of a tensor is.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    Float32,

    /// <summary>Signed 32-bit integer, 4 bytes: lengths, labels, indices.</summary>
    Int32,

    /// <summary>The upper half of a single-precision number, 2 bytes: weights of a loaded model.</summary>
    BFloat16,

    /// <summary>Signed 8-bit integer with a scale beside it, 1 byte: quantised weights.</summary>
    Int8,
}

/// <summary>Sizes of element types.</summary>
public static class ElementTypes
{
    /// <summary>The size of one element in bytes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.BFloat16 => 2,
        ElementType.Int8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type"),
    };
}
