using System.Numerics;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// The convolution y[n] = sum over m of h[m] x[n - m] with a long h, by Fourier transforms of pieces whose tails are added up
/// ("overlap-add", Stockham 1966). The result is cut to the length of x. Working space is kept: one thread at a time, and nothing
/// is allocated once the largest sizes have been seen.
/// </summary>
internal sealed class Convolution
{
    private const int SmallestLog = 10;
    private readonly RealFourierTransform?[] _transforms = new RealFourierTransform?[25];
    private float[] _space = [];

    /// <summary>Convolves in place.</summary>
    public void Apply(Span<float> samples, ReadOnlySpan<float> response)
    {
        // Twice the response's length leaves half of each transform for new samples; short signals need no more than themselves.
        int log = Math.Max(SmallestLog, BitOperations.Log2((uint)((2 * response.Length) - 1)) + 1);
        int length = 1 << log;
        RealFourierTransform transform = _transforms[log] ??= new RealFourierTransform(length);
        int bins = (length / 2) + 1;
        if (_space.Length < (2 * length) + (4 * bins))
            _space = new float[(2 * length) + (4 * bins)];
        Span<float> piece = _space.AsSpan(0, length);
        Span<float> tail = _space.AsSpan(length, length);
        Span<float> hr = _space.AsSpan(2 * length, bins);
        Span<float> hi = _space.AsSpan((2 * length) + bins, bins);
        Span<float> xr = _space.AsSpan((2 * length) + (2 * bins), bins);
        Span<float> xi = _space.AsSpan((2 * length) + (3 * bins), bins);

        response.CopyTo(piece);
        piece[response.Length..].Clear();
        transform.Forward(piece, hr, hi);
        tail.Clear();
        int step = length - response.Length + 1;
        for (int at = 0; at < samples.Length; at += step)
        {
            Span<float> part = samples.Slice(at, Math.Min(step, samples.Length - at));
            part.CopyTo(piece);
            piece[part.Length..].Clear();
            transform.Forward(piece, xr, xi);
            for (int k = 0; k < bins; k++)
                (xr[k], xi[k]) = ((xr[k] * hr[k]) - (xi[k] * hi[k]), (xr[k] * hi[k]) + (xi[k] * hr[k]));
            transform.Inverse(xr, xi, piece);
            for (int n = 0; n < length; n++)
                piece[n] += tail[n];
            piece[..part.Length].CopyTo(part);
            piece[step..].CopyTo(tail);
            tail[(length - step)..].Clear();
        }
    }
}
