namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Changes utterances at random, as <see cref="AugmentationOptions"/> says. What happens to an utterance depends on its samples
/// and its seed alone, not on what came before, so it does not matter which thread gets which utterance. Each kind of change
/// draws from a stream of its own, so that turning one off leaves the others as they were. Working space is kept: one thread at a
/// time.
/// </summary>
public sealed class WaveformAugmenter
{
    private readonly AugmentationOptions _options;
    private readonly RandomSource _random = new(0);
    private readonly SpeedPerturbation _speed;
    private readonly SilencePadding _padding;
    private readonly Reverberation _reverberation;
    private readonly NoiseMixer _noise;
    private readonly Equaliser _equaliser;
    private readonly BandLimit _band;
    private readonly TimeShift _shift;
    private readonly VolumePerturbation _volume;
    private float[] _samples = [];

    /// <summary>Takes the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sampleRate">Samples a second of utterances and noises.</param>
    /// <param name="noises">
    /// Noises, each a clip in [-1, 1); only read, so augmenters may share them. Null or none: made-up noises.
    /// </param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public WaveformAugmenter(AugmentationOptions options, int sampleRate, IReadOnlyList<float[]>? noises = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _speed = new SpeedPerturbation(options.Speed);
        _padding = new SilencePadding(options.Padding, sampleRate);
        _reverberation = new Reverberation(options.Reverberation, sampleRate);
        _noise = new NoiseMixer(options.Noise, noises);
        _equaliser = new Equaliser(options.Equaliser, sampleRate);
        _band = new BandLimit(options.BandLimit, sampleRate);
        _shift = new TimeShift(options.TimeShift, sampleRate);
        _volume = new VolumePerturbation(options.Volume);
    }

    /// <summary>The seed of an utterance in an epoch of a run.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch's number.</param>
    /// <param name="utterance">The utterance's place in the corpus.</param>
    public static ulong Seed(ulong seed, int epoch, long utterance) =>
        RandomSource.Fork(RandomSource.Fork(seed, (ulong)epoch), (ulong)utterance);

    /// <summary>Changes an utterance. Should samples leave [-1, 1], the whole is made softer until they do not.</summary>
    /// <param name="samples">The utterance in [-1, 1); it is not changed itself.</param>
    /// <param name="seed">For this utterance in this epoch (<see cref="Seed"/>).</param>
    /// <returns>The changed utterance, of another length when its speed was changed or silence was added; valid until the next call.</returns>
    public ReadOnlySpan<float> Apply(ReadOnlySpan<float> samples, ulong seed)
    {
        double speed = Draws(seed, 0, _options.Speed.Probability) ? _speed.Draw(_random) : 1;
        int length = SpeedPerturbation.OutputLength(samples.Length, speed);
        (int before, int after) = Draws(seed, 6, _options.Padding.Probability) ? _padding.Draw(_random) : (0, 0);
        int total = before + length + after;
        if (_samples.Length < total)
            _samples = new float[total + (total / 4)];
        Span<float> result = _samples.AsSpan(0, total);
        if (total > length)
        {
            _padding.Fill(result[..before], _random);
            _padding.Fill(result[(before + length)..], _random);
        }

        if (speed == 1)
            samples.CopyTo(result[before..]);
        else
            _speed.Apply(samples, speed, result.Slice(before, length));

        if (Draws(seed, 1, _options.Reverberation.Probability))
            _reverberation.Apply(result, _random);
        if (Draws(seed, 2, _options.Noise.Probability))
            _noise.Apply(result, _random);
        if (Draws(seed, 7, _options.Equaliser.Probability))
            _equaliser.Apply(result, _random);
        if (Draws(seed, 3, _options.BandLimit.Probability))
            _band.Apply(result, _random);
        if (Draws(seed, 4, _options.TimeShift.Probability))
            _shift.Apply(result, _random);
        if (Draws(seed, 5, _options.Volume.Probability))
            _volume.Apply(result, _random);
        KeepInRange(result);
        return result;
    }

    /// <summary>Starts the stream of a kind of change and says whether it happens.</summary>
    private bool Draws(ulong seed, ulong stage, double probability)
    {
        _random.Reset(RandomSource.Fork(seed, stage));
        return _random.NextUniform() < probability;
    }

    private static void KeepInRange(Span<float> samples)
    {
        float peak = 0;
        foreach (float x in samples)
            peak = Math.Max(peak, Math.Abs(x));
        if (!(peak > 1))
            return;
        float gain = 1 / peak;
        foreach (ref float x in samples)
            x *= gain;
    }
}
