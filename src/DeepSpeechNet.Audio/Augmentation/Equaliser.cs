using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Another microphone: a gain that changes smoothly with frequency (after the linear form of FilterAugment, Nam, Kim and Park 2022). The curve has corners at 0 Hz, at the
/// Nyquist frequency and at random places of the mel scale between; in decibels it is a straight line from one to the next. The filter's resolution is that
/// of its 10 ms, some 200 Hz. Working space is kept: one thread at a time.
/// </summary>
public sealed class Equaliser
{
    private readonly EqualiserOptions _options;
    private readonly double _highest;
    private readonly CentredFilter _filter;
    private readonly RealFourierTransform _transform;
    private readonly double[] _places;
    private readonly double[] _decibels;
    private readonly float[] _gains;
    private readonly float[] _zeros;
    private readonly float[] _impulse;

    /// <summary>Takes the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public Equaliser(EqualiserOptions options, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _filter = new CentredFilter(sampleRate);
        _highest = MelFilterBank.Mel(sampleRate / 2.0);

        // Four points of the curve for each number of the response, so that what the window cuts off does not fold back into it.
        _transform = new RealFourierTransform((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(8 * _filter.Reach)));
        _places = new double[options.HighCorners];
        _decibels = new double[options.HighCorners];
        _gains = new float[(_transform.Length / 2) + 1];
        _zeros = new float[_gains.Length];
        _impulse = new float[_transform.Length];
    }

    /// <summary>Filters the samples in place.</summary>
    /// <returns>The curve's corners, in Hz and decibels, from 0 Hz to the Nyquist frequency.</returns>
    public IReadOnlyList<(double Hertz, double Decibels)> Apply(Span<float> samples, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        int corners = _options.LowCorners + random.NextInt(_options.HighCorners - _options.LowCorners + 1);
        Span<double> places = _places.AsSpan(0, corners), decibels = _decibels.AsSpan(0, corners);
        places[0] = 0;
        places[^1] = _highest;
        foreach (ref double place in places[1..^1])
            place = random.NextUniform(0, _highest);
        places.Sort();
        foreach (ref double gain in decibels)
            gain = random.NextUniform(-_options.Decibels, _options.Decibels);
        Design(places, decibels);
        _filter.Apply(samples);
        (double, double)[] curve = new (double, double)[corners];
        for (int i = 0; i < corners; i++)
            curve[i] = (MelFilterBank.Hertz(places[i]), decibels[i]);
        return curve;
    }

    /// <summary>The response whose transform is the curve, under the window.</summary>
    private void Design(ReadOnlySpan<double> places, ReadOnlySpan<double> decibels)
    {
        double nyquist = MelFilterBank.Hertz(_highest);
        int corner = 0;
        for (int k = 0; k < _gains.Length; k++)
        {
            double mel = MelFilterBank.Mel(nyquist * k / (_gains.Length - 1));
            while (corner < places.Length - 2 && mel > places[corner + 1])
                corner++;
            double width = places[corner + 1] - places[corner];
            double share = width > 0 ? Math.Clamp((mel - places[corner]) / width, 0, 1) : 1;
            _gains[k] = (float)Math.Pow(10, (decibels[corner] + (share * (decibels[corner + 1] - decibels[corner]))) / 20);
        }

        _transform.Inverse(_gains, _zeros, _impulse);
        Span<float> response = _filter.Response;
        for (int i = 0; i < response.Length; i++)
        {
            int n = i - _filter.Reach;
            response[i] = (float)(_impulse[Math.Abs(n)] * _filter.Window(n));
        }
    }
}
