using System.Numerics;
using DeepSpeechNet.Audio.Processing;
using FftSharp;

namespace DeepSpeechNet.Audio.FftSharp;

/// <summary>
/// The Fourier transform of real signals by FftSharp: its complex transform in double precision, of which the lower half is taken. An object keeps working
/// space: one thread at a time.
/// </summary>
internal sealed class FftSharpTransform : IFourierTransform
{
    private readonly Complex[] _work;

    public FftSharpTransform(int length)
    {
        if (length < 2 || length > 1 << 24 || !BitOperations.IsPow2(length))
            throw new ArgumentException($"The length of a Fourier transform is {length}; it must be a power of two, 2 to {1 << 24}.");
        _work = new Complex[length];
    }

    /// <inheritdoc/>
    public int Length => _work.Length;

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> signal, Span<float> real, Span<float> imaginary)
    {
        int bins = (Length / 2) + 1;
        if (signal.Length != Length || real.Length != bins || imaginary.Length != bins)
        {
            throw new ArgumentException(
                $"A transform of {Length} goes from {Length} samples to twice {bins} numbers; the spans given have {signal.Length}, {real.Length} and {imaginary.Length}.");
        }

        for (int n = 0; n < signal.Length; n++)
            _work[n] = signal[n];
        FFT.Forward(_work);
        for (int k = 0; k < bins; k++)
            (real[k], imaginary[k]) = ((float)_work[k].Real, (float)_work[k].Imaginary);
    }
}
