namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>Moves an utterance in time by a random number of samples; what moves in is silence, what moves out is lost.</summary>
public sealed class TimeShift
{
    private readonly int _most;

    /// <summary>Takes the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public TimeShift(TimeShiftOptions options, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        OptionCheck.Range(nameof(sampleRate), sampleRate, 1000, 768000);
        _most = (int)Math.Round(options.Seconds * sampleRate);
    }

    /// <summary>Moves the samples in place.</summary>
    /// <returns>By how many samples: later when positive.</returns>
    public int Apply(Span<float> samples, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        int shift = random.NextInt((2 * _most) + 1) - _most;
        int kept = Math.Max(0, samples.Length - Math.Abs(shift));
        if (shift > 0)
        {
            samples[..kept].CopyTo(samples[(samples.Length - kept)..]);
            samples[..(samples.Length - kept)].Clear();
        }
        else
        {
            samples[(samples.Length - kept)..].CopyTo(samples);
            samples[kept..].Clear();
        }

        return shift;
    }
}
