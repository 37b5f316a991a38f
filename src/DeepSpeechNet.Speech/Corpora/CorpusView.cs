namespace DeepSpeechNet.Speech.Corpora;

/// <summary>Some clips of a corpus, in their order. Disposing it disposes the corpus below.</summary>
public sealed class CorpusView : ISpeechCorpus
{
    private readonly ISpeechCorpus _corpus;
    private readonly int[] _indices;

    /// <summary>Selects clips.</summary>
    /// <param name="corpus">The corpus to select from.</param>
    /// <param name="filter">Which clips are used.</param>
    /// <exception cref="ArgumentException">The filter's values are wrong.</exception>
    public CorpusView(ISpeechCorpus corpus, CorpusFilter filter)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(filter);
        filter.Validate();
        _corpus = corpus;
        var indices = new List<int>();
        for (int i = 0; i < corpus.Count; i++)
        {
            if (filter.Accepts(corpus[i])) indices.Add(i);
        }
        _indices = [.. indices];
    }

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <inheritdoc/>
    public int SampleRate => _corpus.SampleRate;

    /// <inheritdoc/>
    public CorpusEntry this[int index] => _corpus[_indices[index]];

    /// <inheritdoc/>
    public SampleBuffer ReadSamples(int index) => _corpus.ReadSamples(_indices[index]);

    /// <inheritdoc/>
    public void Dispose() => _corpus.Dispose();
}
