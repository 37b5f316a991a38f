using System.Numerics;
using DeepSpeechNet.Audio.Processing.Lanes;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// The Fourier transform of real signals whose length is a power of two, one signal at a time, in single precision. The same code runs
/// on many frames at once inside <see cref="FeatureExtractor"/>. An object keeps working space: one thread at a time.
/// </summary>
public sealed unsafe class RealFourierTransform : IFourierTransform
{
    private readonly LaneFourier<float, ScalarLanes> _transform;
    private readonly AlignedBuffer _rows;

    /// <summary>Prepares the tables.</summary>
    /// <param name="length">N, a power of two from 2 to 2^24.</param>
    /// <exception cref="ArgumentException"><paramref name="length"/> is not that.</exception>
    public RealFourierTransform(int length)
    {
        if (length < 2 || length > 1 << 24 || !BitOperations.IsPow2(length))
            throw new ArgumentException($"The length of a Fourier transform is {length}; it must be a power of two, 2 to {1 << 24}.");
        _transform = new LaneFourier<float, ScalarLanes>(length);
        _rows = new AlignedBuffer(length);
    }

    /// <inheritdoc/>
    public int Length => _transform.Length;

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> signal, Span<float> real, Span<float> imaginary)
    {
        int bins = (Length / 2) + 1;
        if (signal.Length != Length || real.Length != bins || imaginary.Length != bins)
        {
            throw new ArgumentException(
                $"A transform of {Length} takes {Length} samples and gives twice {bins} numbers; the spans given have "
                + $"{signal.Length}, {real.Length} and {imaginary.Length}.");
        }

        signal.CopyTo(_rows.Span);
        _transform.Transform(_rows.Pointer);
        fixed (float* re = real)
        fixed (float* im = imaginary)
            _transform.Spectrum(_rows.Pointer, re, im);

        // The buffers are reached by address above; they must not be collected meanwhile.
        GC.KeepAlive(this);
    }
}
