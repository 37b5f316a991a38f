namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Lays silence before and after an utterance, so that a network whose input is normalised by utterance does not depend on how tightly recordings were cut.
/// </summary>
public sealed class SilencePadding
{
    private readonly SilencePaddingOptions _options;
    private readonly int _most;

    /// <summary>Takes the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public SilencePadding(SilencePaddingOptions options, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        OptionCheck.Range(nameof(sampleRate), sampleRate, 1000, 768000);
        _options = options;
        _most = (int)Math.Round(options.Seconds * sampleRate);
    }

    /// <summary>Draws how many samples of silence come before and after.</summary>
    public (int Before, int After) Draw(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return (random.NextInt(_most + 1), random.NextInt(_most + 1));
    }

    /// <summary>Fills a silence: zeros, or white noise of a random level.</summary>
    public void Fill(Span<float> silence, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        bool digital = random.NextUniform() < _options.DigitalShare;
        float level = (float)Math.Pow(10, random.NextUniform(_options.LowDecibels, _options.HighDecibels) / 20);
        if (digital)
        {
            silence.Clear();
            return;
        }

        foreach (ref float x in silence)
            x = level * random.NextGaussian();
    }
}
