using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>Some recordings of a corpus, at equal distances over the whole of it. It leaves the corpus to its owner.</summary>
internal sealed class SpreadCorpus : ISpeechCorpus
{
    private readonly ISpeechCorpus _corpus;

    private SpreadCorpus(ISpeechCorpus corpus, int count)
    {
        _corpus = corpus;
        Count = count;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int SampleRate => _corpus.SampleRate;

    /// <inheritdoc/>
    public CorpusEntry this[int index] => _corpus[Place(index)];

    /// <summary>At most so many recordings; 0 takes all.</summary>
    /// <exception cref="UsageException">The number is negative.</exception>
    public static SpreadCorpus Of(ISpeechCorpus corpus, int most) => most >= 0
        ? new SpreadCorpus(corpus, most == 0 ? corpus.Count : Math.Min(most, corpus.Count))
        : throw new UsageException($"--most is {most}; it must be 0 (all) or above.");

    /// <inheritdoc/>
    public SampleBuffer ReadSamples(int index) => _corpus.ReadSamples(Place(index));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private int Place(int index) => (int)((long)index * _corpus.Count / Count);
}
