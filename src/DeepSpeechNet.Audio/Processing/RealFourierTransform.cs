using System.Numerics;
using DeepSpeechNet.Audio.Processing.Lanes;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// The Fourier transform of real signals whose length is a power of two, one signal at a time, in single precision. The same code
/// runs on many frames at once inside <see cref="FeatureExtractor"/>. An object keeps working space: one thread at a time.
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
        Check(signal.Length, real.Length, imaginary.Length);
        signal.CopyTo(_rows.Span);
        _transform.Transform(_rows.Pointer);
        fixed (float* re = real)
        fixed (float* im = imaginary)
            _transform.Spectrum(_rows.Pointer, re, im);

        // The buffers are reached by address above; they must not be collected meanwhile.
        GC.KeepAlive(this);
    }

    /// <summary>
    /// The inverse: x[n] = 1/N sum over k = 0 to N - 1 of X[k] e^(2 pi i n k / N), the upper half of X being the conjugate of the
    /// lower.
    /// </summary>
    /// <param name="real">The N / 2 + 1 real parts.</param>
    /// <param name="imaginary">The N / 2 + 1 imaginary parts; the first and the last are taken as zero.</param>
    /// <param name="signal">Receives the N samples.</param>
    /// <exception cref="ArgumentException">A span has another length than that.</exception>
    public void Inverse(ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, Span<float> signal)
    {
        Check(signal.Length, real.Length, imaginary.Length);
        fixed (float* re = real)
        fixed (float* im = imaginary)
            _transform.RowsOfSpectrum(re, im, _rows.Pointer);

        // The first and the last bin are real; what the loop above made of their imaginary parts is replaced.
        _rows.Span[0] = 0.5f * (real[0] - real[^1]);
        _rows.Span[1] = 0.5f * (real[0] + real[^1]);
        _transform.Transform(_rows.Pointer);
        float scale = 2f / Length;
        for (int n = 0; n < Length / 2; n++)
        {
            int row = 2 * _transform.Position(n);
            signal[2 * n] = scale * _rows.Span[row + 1];
            signal[(2 * n) + 1] = scale * _rows.Span[row];
        }

        GC.KeepAlive(this);
    }

    private void Check(int signal, int real, int imaginary)
    {
        int bins = (Length / 2) + 1;
        if (signal != Length || real != bins || imaginary != bins)
        {
            throw new ArgumentException(
                $"A transform of {Length} goes between {Length} samples and twice {bins} numbers; the spans given have "
                + $"{signal}, {real} and {imaginary}.");
        }
    }
}
