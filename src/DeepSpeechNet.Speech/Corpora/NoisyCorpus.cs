using DeepSpeechNet.Audio.Augmentation;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// The clips of a corpus with noise mixed in at one signal-to-noise ratio, for measuring a recogniser in noise. Which noise a
/// clip gets, and from which place on, is drawn from its number alone: every reading gives the same samples, and two levels
/// give the same noise, louder. It leaves the corpus below to its owner.
/// </summary>
public sealed class NoisyCorpus : ISpeechCorpus
{
    private readonly ISpeechCorpus _corpus;
    private readonly NoiseOptions _options;
    private readonly IReadOnlyList<float[]> _noises;
    private readonly ulong _seed;

    /// <summary>Takes the corpus and the noises.</summary>
    /// <param name="corpus">The clips.</param>
    /// <param name="noises">Noises at the corpus's sample rate; at least one sample each.</param>
    /// <param name="decibels">Energy of a whole clip over that of its noise, in decibels.</param>
    /// <param name="seed">Chooses the noises.</param>
    /// <exception cref="ArgumentException">There is no noise, one is empty, or the ratio is out of range.</exception>
    public NoisyCorpus(ISpeechCorpus corpus, IReadOnlyList<float[]> noises, double decibels, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(noises);
        if (noises.Count == 0 || noises.Any(noise => noise.Length == 0))
            throw new ArgumentException("There must be a noise to mix in, and none may be empty.");
        _options = new NoiseOptions { LowDecibels = decibels, HighDecibels = decibels, SyntheticShare = 0 };
        _options.Validate();
        _corpus = corpus;
        _noises = noises;
        _seed = seed;
    }

    /// <inheritdoc/>
    public int Count => _corpus.Count;

    /// <inheritdoc/>
    public int SampleRate => _corpus.SampleRate;

    /// <inheritdoc/>
    public CorpusEntry this[int index] => _corpus[index];

    /// <inheritdoc/>
    public SampleBuffer ReadSamples(int index)
    {
        SampleBuffer samples = _corpus.ReadSamples(index);
        new NoiseMixer(_options, _noises).Apply(samples.Span, new RandomSource(RandomSource.Fork(_seed, (ulong)index)));
        return samples;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
