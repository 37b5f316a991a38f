using System.Buffers;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>Samples in pooled memory. Dispose it to give the memory back; its samples must not be used after that.</summary>
public sealed class SampleBuffer : IDisposable
{
    private float[]? _array;

    /// <summary>Rents memory for a number of samples; their values are undefined.</summary>
    /// <param name="length">Number of samples.</param>
    public SampleBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _array = ArrayPool<float>.Shared.Rent(length);
        Length = length;
    }

    /// <summary>Number of samples.</summary>
    public int Length { get; }

    /// <summary>The samples.</summary>
    /// <exception cref="ObjectDisposedException">The buffer has been given back.</exception>
    public Memory<float> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_array is null, this);
            return _array.AsMemory(0, Length);
        }
    }

    /// <summary>The samples.</summary>
    /// <exception cref="ObjectDisposedException">The buffer has been given back.</exception>
    public Span<float> Span => Memory.Span;

    /// <summary>Gives the memory back; a second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array) ArrayPool<float>.Shared.Return(array);
    }
}
