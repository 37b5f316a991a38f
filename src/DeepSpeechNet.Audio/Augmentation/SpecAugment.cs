namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Masks over the time and the frequency of features (Park et al. 2019, "SpecAugment", section 2, with the share p of the
/// adaptive policies); there is no time warping, which the authors found to matter least. Safe for many threads at once.
/// </summary>
public sealed class SpecAugment
{
    private readonly SpecAugmentOptions _options;

    /// <summary>Takes the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public SpecAugment(SpecAugmentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <summary>Masks an utterance in place; the same seed gives the same masks.</summary>
    /// <param name="frames"><c>[time, feature]</c>, row-major; what lies behind the frames is left alone.</param>
    /// <param name="frameCount">Number of frames.</param>
    /// <param name="features">Features of a frame.</param>
    /// <param name="seed">For this utterance in this epoch (<see cref="WaveformAugmenter.Seed"/>).</param>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public void Apply(Span<float> frames, int frameCount, int features, ulong seed)
    {
        if (frameCount < 0 || features < 1 || frames.Length < (long)frameCount * features)
            throw new ArgumentException($"{frames.Length} numbers do not hold {frameCount} frames of {features} features.");
        RandomSource random = new(RandomSource.Fork(seed, 100));
        if (random.NextUniform() >= _options.Probability)
            return;

        for (int i = 0; i < _options.FrequencyMasks; i++)
        {
            (int first, int width) = Draw(random, Math.Min(_options.FrequencyWidth, features), features);
            for (int t = 0; t < frameCount; t++)
                frames.Slice((t * features) + first, width).Fill(_options.Fill);
        }

        int longest = Math.Min(_options.TimeWidth, (int)(_options.TimeShare * frameCount));
        for (int i = 0; i < _options.TimeMasks; i++)
        {
            (int first, int width) = Draw(random, longest, frameCount);
            frames.Slice(first * features, width * features).Fill(_options.Fill);
        }
    }

    /// <summary>A width of 0 to <paramref name="longest"/> and a place for it among <paramref name="count"/>.</summary>
    private static (int First, int Width) Draw(RandomSource random, int longest, int count)
    {
        int width = random.NextInt(longest + 1);
        return (random.NextInt(count - width + 1), width);
    }
}
