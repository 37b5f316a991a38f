namespace DeepSpeechNet.Speech.Corpora;

/// <summary>Opens corpora of either kind.</summary>
public static class SpeechCorpus
{
    /// <summary>Opens a packed store or a manifest, whichever the file is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Filter, and for a manifest sample rate and threads; null for the defaults.</param>
    /// <param name="warn">Gets one sentence for each row that is skipped.</param>
    /// <exception cref="CorpusException">The file is missing, damaged, or neither; or a store has another sample rate.</exception>
    public static ISpeechCorpus Open(string path, PackOptions? options = null, Action<string>? warn = null)
    {
        options ??= new PackOptions();
        options.Validate();
        if (!SampleStore.IsStore(path)) return ManifestCorpus.Open(path, options, warn);
        SampleStore store = SampleStore.Open(path);
        if (store.SampleRate == options.SampleRate) return new CorpusView(store, options.Filter);
        int rate = store.SampleRate;
        store.Dispose();
        throw new CorpusException(path, 0, $"the store has {rate} samples per second, and {options.SampleRate} are wanted; pack the corpus at that rate");
    }
}
