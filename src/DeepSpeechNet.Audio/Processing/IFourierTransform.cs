namespace DeepSpeechNet.Audio.Processing;

/// <summary>The Fourier transform of real signals of one length.</summary>
public interface IFourierTransform
{
    /// <summary>N, the number of samples that a signal has.</summary>
    int Length { get; }

    /// <summary>
    /// X[k] = sum over n = 0 to N - 1 of x[n] e^(-2 pi i n k / N), for k = 0 to N / 2; the other half is its complex conjugate.
    /// </summary>
    /// <param name="signal">The N samples.</param>
    /// <param name="real">Receives the N / 2 + 1 real parts.</param>
    /// <param name="imaginary">Receives the N / 2 + 1 imaginary parts.</param>
    /// <exception cref="ArgumentException">A span has another length than that.</exception>
    void Forward(ReadOnlySpan<float> signal, Span<float> real, Span<float> imaginary);
}
