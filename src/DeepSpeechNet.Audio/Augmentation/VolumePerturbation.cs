namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>Makes an utterance louder or softer by a gain drawn evenly in decibels. Samples may leave [-1, 1).</summary>
public sealed class VolumePerturbation
{
    private readonly VolumeOptions _options;

    /// <summary>Takes the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public VolumePerturbation(VolumeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <summary>Scales the samples in place.</summary>
    /// <returns>The gain in decibels.</returns>
    public double Apply(Span<float> samples, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double decibels = random.NextUniform(_options.LowDecibels, _options.HighDecibels);
        float gain = (float)Math.Pow(10, decibels / 20);
        foreach (ref float sample in samples)
            sample *= gain;
        return decibels;
    }
}
