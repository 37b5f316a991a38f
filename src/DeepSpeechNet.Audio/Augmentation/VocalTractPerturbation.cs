using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Other speakers' vocal tracts: the frequency axis of the features is stretched or squeezed (Jaitly and Hinton 2013, "Vocal Tract Length Perturbation", section 3). The
/// new feature at frequency f is the old one at a f up to 0.6 of the Nyquist frequency (or, for a &gt; 1, up to what a brings there), and beyond it a straight line leads to the
/// Nyquist frequency; between features values are interpolated. The pitch and the pace of the speech stay, which <see cref="SpeedPerturbation"/> changes too. Only read after
/// construction: safe for many threads at once.
/// </summary>
public sealed class VocalTractPerturbation
{
    private const double Linear = 0.6;
    private readonly VocalTractOptions _options;
    private readonly FrontEndOptions _frontEnd;
    private readonly int _features;
    private readonly int _groups;

    /// <summary>Takes the settings.</summary>
    /// <param name="options">How often and how much.</param>
    /// <param name="frontEnd">What the features are.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the features are no spectrum.</exception>
    public VocalTractPerturbation(VocalTractOptions options, FrontEndOptions frontEnd)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(frontEnd);
        options.Validate();
        frontEnd.Validate();
        if (options.Probability > 0 && frontEnd.Feature == FeatureKind.Mfcc)
            throw new ArgumentException("Cepstral coefficients have no frequency axis to stretch; set the probability of VocalTract to 0 or take log-mel features.");
        _options = options;
        _frontEnd = frontEnd;
        _features = frontEnd.StaticFeatureCount;
        _groups = frontEnd.Deltas + 1;
    }

    /// <summary>Changes an utterance in place; the same seed gives the same change.</summary>
    /// <param name="frames"><c>[time, feature]</c>, row-major, of the front end; what lies behind the frames is left alone.</param>
    /// <param name="frameCount">Number of frames.</param>
    /// <param name="seed">For this utterance in this epoch (<see cref="WaveformAugmenter.Seed"/>).</param>
    /// <returns>The factor; 1 if nothing was changed.</returns>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public double Apply(Span<float> frames, int frameCount, ulong seed)
    {
        if (frameCount < 0 || frames.Length < (long)frameCount * _features * _groups)
            throw new ArgumentException($"{frames.Length} numbers do not hold {frameCount} frames of {_features * _groups} features.");
        RandomSource random = new(RandomSource.Fork(seed, 101));
        if (random.NextUniform() >= _options.Probability)
            return 1;
        double factor = random.NextUniform(_options.Low, _options.High);

        Span<float> space = _features > 256 ? new float[2 * _features] : stackalloc float[2 * _features];
        Span<float> places = space[.._features], copy = space[_features..];
        for (int i = 0; i < _features; i++)
            places[i] = (float)Math.Clamp(Place(Warp(Hertz(i), factor)), 0, _features - 1);
        for (int row = 0; row < frameCount * _groups; row++)
        {
            Span<float> values = frames.Slice(row * _features, _features);
            values.CopyTo(copy);
            for (int i = 0; i < _features; i++)
            {
                int below = Math.Min((int)places[i], Math.Max(0, _features - 2));
                float share = places[i] - below;
                values[i] = copy[below] + (share == 0 ? 0 : share * (copy[below + 1] - copy[below]));
            }
        }

        return factor;
    }

    /// <summary>Where the feature at a frequency is taken from.</summary>
    internal double Warp(double hertz, double factor)
    {
        double nyquist = _frontEnd.SampleRate / 2.0, corner = Linear * nyquist * Math.Min(factor, 1) / factor;
        return hertz <= corner ? hertz * factor : nyquist - ((nyquist - (corner * factor)) / (nyquist - corner) * (nyquist - hertz));
    }

    private bool OfMel => _frontEnd.Feature == FeatureKind.LogMel;

    private double LowMel => MelFilterBank.Mel(_frontEnd.LowHertz);

    private double MelStep => (MelFilterBank.Mel(_frontEnd.ResolvedHighHertz) - LowMel) / (_features + 1);

    /// <summary>The frequency of a feature: a mel band's centre, or a bin.</summary>
    private double Hertz(int feature) =>
        OfMel ? MelFilterBank.Hertz(LowMel + ((feature + 1) * MelStep)) : (double)feature * _frontEnd.SampleRate / _frontEnd.FourierLength;

    /// <summary>The feature of a frequency, between two of them.</summary>
    private double Place(double hertz) =>
        OfMel ? ((MelFilterBank.Mel(hertz) - LowMel) / MelStep) - 1 : hertz * _frontEnd.FourierLength / _frontEnd.SampleRate;
}
