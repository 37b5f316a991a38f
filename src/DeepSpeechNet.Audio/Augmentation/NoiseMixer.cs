namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Adds noise at a signal-to-noise ratio: 10 log10 of the utterance's energy over the energy of what is added, both over the
/// whole utterance. The noise is a clip from a random place on, repeated when it is shorter, or a made-up one: white noise
/// through y[n] = x[n] + a y[n - 1] with a from 0 to 0.98, so from a hiss to a rumble. Clips are only read and may be shared
/// between mixers. Working space is kept: one thread at a time.
/// </summary>
public sealed class NoiseMixer
{
    private readonly NoiseOptions _options;
    private readonly IReadOnlyList<float[]> _clips;
    private float[] _noise = [];

    /// <summary>Takes the settings and the noises.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="clips">
    /// Noises at the utterances' sample rate; null or none for made-up noises only. Empty clips are passed over.
    /// </param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public NoiseMixer(NoiseOptions options, IReadOnlyList<float[]>? clips = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _clips = clips ?? [];
    }

    /// <summary>Adds noise in place; a silent utterance or a silent noise leaves the samples as they are.</summary>
    /// <returns>The signal-to-noise ratio in decibels, or infinity when nothing was added.</returns>
    public double Apply(Span<float> samples, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double decibels = random.NextUniform(_options.LowDecibels, _options.HighDecibels);
        if (_noise.Length < samples.Length)
            _noise = new float[samples.Length];
        Span<float> noise = _noise.AsSpan(0, samples.Length);
        bool synthetic = random.NextUniform() < _options.SyntheticShare;
        float[] clip = _clips.Count == 0 || synthetic ? [] : _clips[random.NextInt(_clips.Count)];
        if (clip.Length == 0)
            MakeUp(noise, random);
        else
            Excerpt(clip, noise, random);

        double signalEnergy = Energy(samples);
        double noiseEnergy = Energy(noise);
        if (!(signalEnergy > 0 && noiseEnergy > 0))
            return double.PositiveInfinity;
        float gain = (float)Math.Sqrt(signalEnergy / noiseEnergy / Math.Pow(10, decibels / 10));
        for (int n = 0; n < samples.Length; n++)
            samples[n] += gain * noise[n];
        return decibels;
    }

    private static void MakeUp(Span<float> noise, RandomSource random)
    {
        float colour = (float)random.NextUniform(0, 0.98);
        float last = 0;
        foreach (ref float y in noise)
            y = last = random.NextGaussian() + (colour * last);
    }

    private static void Excerpt(float[] clip, Span<float> noise, RandomSource random)
    {
        int start = random.NextInt(clip.Length > noise.Length ? clip.Length - noise.Length + 1 : clip.Length);
        for (int done = 0; done < noise.Length; start = 0)
        {
            int count = Math.Min(noise.Length - done, clip.Length - start);
            clip.AsSpan(start, count).CopyTo(noise[done..]);
            done += count;
        }
    }

    private static double Energy(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (float x in samples)
            sum += (double)x * x;
        return sum;
    }
}
