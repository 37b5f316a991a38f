namespace DeepSpeechNet.Audio.Processing;

/// <summary>Numbers at a fixed address that starts a cache line; it lives as long as its owner refers to it.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int Alignment = 64;
    private readonly float[] _storage;

    public AlignedBuffer(int length)
    {
        Length = length;
        _storage = GC.AllocateArray<float>(length + (Alignment / sizeof(float)), pinned: true);
        fixed (float* start = _storage)
            Pointer = (float*)(((nuint)start + (Alignment - 1)) & ~(nuint)(Alignment - 1));
    }

    /// <summary>Number of floats.</summary>
    public int Length { get; }

    /// <summary>The first float; valid while this object is reachable.</summary>
    public float* Pointer { get; }

    public Span<float> Span => new(Pointer, Length);

    /// <summary>A buffer that holds the given numbers.</summary>
    public static AlignedBuffer Of(ReadOnlySpan<float> values)
    {
        AlignedBuffer buffer = new(values.Length);
        values.CopyTo(buffer.Span);
        return buffer;
    }
}
