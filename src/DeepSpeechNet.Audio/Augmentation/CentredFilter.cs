using System.Numerics;

namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// A filter that delays nothing: a symmetric response of 10 ms, which its owner writes into <see cref="Response"/>, its middle on the sample itself. Working space is
/// kept: one thread at a time.
/// </summary>
internal sealed class CentredFilter
{
    private readonly float[] _kernel;
    private float[] _padded = [];

    /// <summary>A filter for samples of a rate; its response is zero.</summary>
    public CentredFilter(int sampleRate)
    {
        OptionCheck.Range(nameof(sampleRate), sampleRate, 1000, 768000);
        Reach = sampleRate / 200;
        _kernel = new float[((2 * Reach) + Vector<float>.Count) / Vector<float>.Count * Vector<float>.Count];
    }

    /// <summary>How many samples before and behind a sample the response reaches: 5 ms.</summary>
    public int Reach { get; }

    /// <summary>h[-<see cref="Reach"/>] to h[<see cref="Reach"/>].</summary>
    public Span<float> Response => _kernel.AsSpan(0, (2 * Reach) + 1);

    /// <summary>The Hamming window over the response, 1 in the middle (Oppenheim and Schafer, "Design of FIR Filters by Windowing").</summary>
    public double Window(int n) => 0.54 + (0.46 * Math.Cos(Math.PI * n / Reach));

    /// <summary>Filters the samples in place; what lies around them is silence.</summary>
    public void Apply(Span<float> samples)
    {
        int needed = samples.Length + Reach + _kernel.Length;
        if (_padded.Length < needed)
            _padded = new float[needed];
        _padded.AsSpan(0, Reach).Clear();
        samples.CopyTo(_padded.AsSpan(Reach));
        _padded.AsSpan(Reach + samples.Length).Clear();
        for (int n = 0; n < samples.Length; n++)
        {
            ReadOnlySpan<float> x = _padded.AsSpan(n, _kernel.Length);
            Vector<float> sum = Vector<float>.Zero;
            for (int tap = 0; tap < x.Length; tap += Vector<float>.Count)
                sum += new Vector<float>(x[tap..]) * new Vector<float>(_kernel, tap);
            samples[n] = Vector.Sum(sum);
        }
    }
}
