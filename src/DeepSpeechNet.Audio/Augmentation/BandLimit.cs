using System.Numerics;

namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Takes away what a recording at 8 kHz does not have: a low-pass below 4 kHz, or the telephone band from 300 Hz to 3.4 kHz.
/// Going to 8 kHz and back changes a signal so limited no further, so that round trip is this filter. It is a sinc under a
/// Hamming window of 10 ms without delay (Oppenheim and Schafer, "Design of FIR Filters by Windowing"). Working space is kept:
/// one thread at a time.
/// </summary>
public sealed class BandLimit
{
    private const double LineHertz = 300;
    private readonly BandLimitOptions _options;
    private readonly int _sampleRate;
    private readonly int _reach;
    private readonly float[] _kernel;
    private float[] _padded = [];

    /// <summary>Takes the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public BandLimit(BandLimitOptions options, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        OptionCheck.Range(nameof(sampleRate), sampleRate, 1000, 768000);
        _options = options;
        _sampleRate = sampleRate;
        _reach = sampleRate / 200;
        _kernel = new float[((2 * _reach) + Vector<float>.Count) / Vector<float>.Count * Vector<float>.Count];
    }

    /// <summary>Filters the samples in place; a band that reaches the Nyquist frequency leaves the upper end as it is.</summary>
    /// <returns>The ends of the band in Hz; the lower is 0 without a telephone line.</returns>
    public (double LowHertz, double HighHertz) Apply(Span<float> samples, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double high = random.NextUniform(_options.LowHertz, _options.HighHertz);
        double low = random.NextUniform() < _options.TelephoneShare ? LineHertz : 0;
        Design(low, Math.Min(high, _sampleRate / 2.0));

        int needed = samples.Length + _reach + _kernel.Length;
        if (_padded.Length < needed)
            _padded = new float[needed];
        _padded.AsSpan(0, _reach).Clear();
        samples.CopyTo(_padded.AsSpan(_reach));
        _padded.AsSpan(_reach + samples.Length).Clear();
        for (int n = 0; n < samples.Length; n++)
        {
            ReadOnlySpan<float> x = _padded.AsSpan(n, _kernel.Length);
            Vector<float> sum = Vector<float>.Zero;
            for (int tap = 0; tap < x.Length; tap += Vector<float>.Count)
                sum += new Vector<float>(x[tap..]) * new Vector<float>(_kernel, tap);
            samples[n] = Vector.Sum(sum);
        }

        return (low, high);
    }

    /// <summary>The ideal band's response sin(w2 n)/(pi n) - sin(w1 n)/(pi n) under the window; it is symmetric.</summary>
    private void Design(double low, double high)
    {
        for (int i = 0; i <= 2 * _reach; i++)
        {
            int n = i - _reach;
            double upper = 2 * high / _sampleRate;
            double lower = 2 * low / _sampleRate;
            double ideal = n == 0 ? upper - lower : (Math.Sin(Math.PI * upper * n) - Math.Sin(Math.PI * lower * n)) / (Math.PI * n);
            _kernel[i] = (float)(ideal * (0.54 + (0.46 * Math.Cos(Math.PI * n / _reach))));
        }
    }
}
