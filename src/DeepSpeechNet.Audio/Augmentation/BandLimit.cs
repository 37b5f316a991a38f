namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Takes away what a recording at 8 kHz does not have: a low-pass below 4 kHz, or the telephone band from 300 Hz to 3.4 kHz.
/// Going to 8 kHz and back changes a signal so limited no further, so that round trip is this filter. It is a sinc under a
/// Hamming window (<see cref="CentredFilter"/>). Working space is kept: one thread at a time.
/// </summary>
public sealed class BandLimit
{
    private const double LineHertz = 300;
    private readonly BandLimitOptions _options;
    private readonly int _sampleRate;
    private readonly CentredFilter _filter;

    /// <summary>Takes the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public BandLimit(BandLimitOptions options, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _sampleRate = sampleRate;
        _filter = new CentredFilter(sampleRate);
    }

    /// <summary>Filters the samples in place; a band that reaches the Nyquist frequency leaves the upper end as it is.</summary>
    /// <returns>The ends of the band in Hz; the lower is 0 without a telephone line.</returns>
    public (double LowHertz, double HighHertz) Apply(Span<float> samples, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double high = random.NextUniform(_options.LowHertz, _options.HighHertz);
        double low = random.NextUniform() < _options.TelephoneShare ? LineHertz : 0;
        Design(low, Math.Min(high, _sampleRate / 2.0));
        _filter.Apply(samples);
        return (low, high);
    }

    /// <summary>The ideal band's response sin(w2 n)/(pi n) - sin(w1 n)/(pi n) under the window; it is symmetric.</summary>
    private void Design(double low, double high)
    {
        Span<float> response = _filter.Response;
        double upper = 2 * high / _sampleRate, lower = 2 * low / _sampleRate;
        for (int i = 0; i < response.Length; i++)
        {
            int n = i - _filter.Reach;
            double ideal = n == 0 ? upper - lower : (Math.Sin(Math.PI * upper * n) - Math.Sin(Math.PI * lower * n)) / (Math.PI * n);
            response[i] = (float)(ideal * _filter.Window(n));
        }
    }
}
