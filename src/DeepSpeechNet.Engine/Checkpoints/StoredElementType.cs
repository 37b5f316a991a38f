namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>Element types that a tensor file holds, all little-endian.</summary>
public enum StoredElementType
{
    /// <summary>IEEE 754 single precision, <c>F32</c>.</summary>
    Float32,

    /// <summary>IEEE 754 half precision, <c>F16</c>.</summary>
    Float16,

    /// <summary>The upper half of a float32, <c>BF16</c>.</summary>
    BFloat16,

    /// <summary>IEEE 754 double precision, <c>F64</c>.</summary>
    Float64,

    /// <summary>Signed byte, <c>I8</c>.</summary>
    Int8,

    /// <summary>Byte, <c>U8</c>.</summary>
    UInt8,

    /// <summary>Signed 32 bits, <c>I32</c>.</summary>
    Int32,

    /// <summary>Signed 64 bits, <c>I64</c>.</summary>
    Int64,
}

/// <summary>Sizes and names of the stored element types.</summary>
public static class StoredElementTypes
{
    /// <summary>Bytes of one element.</summary>
    /// <param name="type">The element type.</param>
    public static int SizeInBytes(this StoredElementType type) => type switch
    {
        StoredElementType.Int8 or StoredElementType.UInt8 => 1,
        StoredElementType.Float16 or StoredElementType.BFloat16 => 2,
        StoredElementType.Float32 or StoredElementType.Int32 => 4,
        StoredElementType.Float64 or StoredElementType.Int64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type"),
    };

    internal static string FileName(this StoredElementType type) => type switch
    {
        StoredElementType.Float32 => "F32",
        StoredElementType.Float16 => "F16",
        StoredElementType.BFloat16 => "BF16",
        StoredElementType.Float64 => "F64",
        StoredElementType.Int8 => "I8",
        StoredElementType.UInt8 => "U8",
        StoredElementType.Int32 => "I32",
        StoredElementType.Int64 => "I64",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type"),
    };

    internal static bool TryParse(ReadOnlySpan<byte> name, out StoredElementType type)
    {
        (type, bool known) = name switch
        {
            _ when name.SequenceEqual("F32"u8) => (StoredElementType.Float32, true),
            _ when name.SequenceEqual("F16"u8) => (StoredElementType.Float16, true),
            _ when name.SequenceEqual("BF16"u8) => (StoredElementType.BFloat16, true),
            _ when name.SequenceEqual("F64"u8) => (StoredElementType.Float64, true),
            _ when name.SequenceEqual("I8"u8) => (StoredElementType.Int8, true),
            _ when name.SequenceEqual("U8"u8) => (StoredElementType.UInt8, true),
            _ when name.SequenceEqual("I32"u8) => (StoredElementType.Int32, true),
            _ when name.SequenceEqual("I64"u8) => (StoredElementType.Int64, true),
            _ => (default, false),
        };
        return known;
    }

    /// <summary>The stored type of a C# element type.</summary>
    internal static StoredElementType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return StoredElementType.Float32;
        if (typeof(T) == typeof(Half)) return StoredElementType.Float16;
        if (typeof(T) == typeof(double)) return StoredElementType.Float64;
        if (typeof(T) == typeof(sbyte)) return StoredElementType.Int8;
        if (typeof(T) == typeof(byte)) return StoredElementType.UInt8;
        if (typeof(T) == typeof(int)) return StoredElementType.Int32;
        if (typeof(T) == typeof(long)) return StoredElementType.Int64;
        throw new NotSupportedException($"A tensor file holds no elements of type {typeof(T).Name}; bfloat16 travels as bytes.");
    }
}
