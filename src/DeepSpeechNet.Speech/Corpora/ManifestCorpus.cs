namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// A manifest read directly: each clip is decoded whenever it is asked for. Fine for evaluation and small sets; pack what is
/// read again and again (<see cref="CorpusPacker"/>).
/// </summary>
public sealed class ManifestCorpus : ISpeechCorpus
{
    private readonly string _manifest;
    private readonly ClipDecoder _decode;
    private readonly List<(ManifestEntry Row, CorpusEntry Entry)> _clips = [];

    private ManifestCorpus(string manifest, ClipDecoder decode, int sampleRate)
    {
        _manifest = manifest;
        _decode = decode;
        SampleRate = sampleRate;
    }

    /// <inheritdoc/>
    public int Count => _clips.Count;

    /// <inheritdoc/>
    public int SampleRate { get; }

    /// <inheritdoc/>
    public CorpusEntry this[int index] => _clips[index].Entry;

    /// <summary>Opens a manifest. Rows whose file is missing are skipped; so are, where the manifest gives no length and the
    /// file must be decoded to know it, rows whose file cannot be decoded.</summary>
    /// <param name="path">The manifest.</param>
    /// <param name="options">Sample rate, filter and threads; null for the defaults.</param>
    /// <param name="warn">Gets one sentence for each skipped row.</param>
    /// <param name="decode">Decodes one file; null for the program's own readers.</param>
    /// <exception cref="CorpusException">The manifest is wrong.</exception>
    public static ManifestCorpus Open(string path, PackOptions? options = null, Action<string>? warn = null, ClipDecoder? decode = null)
    {
        options ??= new PackOptions();
        options.Validate();
        decode ??= AudioFileDecoder.Decode;
        var corpus = new ManifestCorpus(path, decode, options.SampleRate);
        List<ManifestEntry> rows = ClipFault.ExistingRows(path, options.Filter, warn);

        var lengths = new Dictionary<ManifestEntry, double>(ReferenceEqualityComparer.Instance);
        OrderedDecoding.Run([.. rows.Where(row => row.Duration is null)], decode, options.SampleRate, options.Threads, (row, samples, fault) =>
        {
            if (fault is not null) warn?.Invoke(ClipFault.Unreadable(path, row, fault));
            else lengths.Add(row, (double)samples!.Length / options.SampleRate);
        }, CancellationToken.None);

        foreach (ManifestEntry row in rows)
        {
            if (row.Duration is not double seconds && !lengths.TryGetValue(row, out seconds)) continue;
            var entry = new CorpusEntry(row.Path, row.Text, row.Speaker, row.Corpus, row.Licence, seconds);
            if (options.Filter.Accepts(entry)) corpus._clips.Add((row, entry));
        }
        return corpus;
    }

    /// <inheritdoc/>
    public SampleBuffer ReadSamples(int index)
    {
        ManifestEntry row = _clips[index].Row;
        try
        {
            float[] samples = _decode(row.FullPath, SampleRate);
            var buffer = new SampleBuffer(samples.Length);
            samples.CopyTo(buffer.Span);
            return buffer;
        }
        catch (Exception e) when (ClipFault.Is(e))
        {
            throw new CorpusException(_manifest, row.Line, $"'{row.Path}' cannot be decoded ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>Does nothing: no file stays open.</summary>
    public void Dispose()
    {
    }
}
