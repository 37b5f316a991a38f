namespace DeepSpeechNet.Speech.Corpora;

/// <summary>Several corpora one after the other. Disposing it disposes them all.</summary>
public sealed class CombinedCorpus : ISpeechCorpus
{
    private readonly ISpeechCorpus[] _corpora;
    private readonly int[] _starts;

    /// <summary>Joins corpora.</summary>
    /// <param name="corpora">At least one; all of one sample rate.</param>
    /// <exception cref="ArgumentException">There is none, or their sample rates differ.</exception>
    public CombinedCorpus(IReadOnlyList<ISpeechCorpus> corpora)
    {
        ArgumentNullException.ThrowIfNull(corpora);
        if (corpora.Count == 0) throw new ArgumentException("There is no corpus to combine.", nameof(corpora));
        _corpora = [.. corpora];
        _starts = new int[_corpora.Length];
        foreach (ISpeechCorpus corpus in _corpora)
        {
            if (corpus.SampleRate != _corpora[0].SampleRate)
                throw new ArgumentException($"The corpora have {_corpora[0].SampleRate} and {corpus.SampleRate} samples per second; pack them at one rate.",
                    nameof(corpora));
        }
        for (int i = 0; i < _corpora.Length; i++)
        {
            _starts[i] = Count;
            Count = checked(Count + _corpora[i].Count);
        }
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int SampleRate => _corpora[0].SampleRate;

    /// <inheritdoc/>
    public CorpusEntry this[int index]
    {
        get
        {
            int part = Find(index);
            return _corpora[part][index - _starts[part]];
        }
    }

    /// <inheritdoc/>
    public SampleBuffer ReadSamples(int index)
    {
        int part = Find(index);
        return _corpora[part].ReadSamples(index - _starts[part]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ISpeechCorpus corpus in _corpora) corpus.Dispose();
    }

    private int Find(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        int part = _corpora.Length - 1;
        while (_starts[part] > index) part--;
        return part;
    }
}
