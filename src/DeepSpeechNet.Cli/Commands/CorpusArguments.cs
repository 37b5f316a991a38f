using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>Opens the corpora that a command line names.</summary>
internal static class CorpusArguments
{
    /// <summary>Opens manifests and packed stores as one corpus.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="filter">Which recordings are taken.</param>
    /// <param name="sampleRate">Samples a second that they are wanted at.</param>
    /// <param name="warn">Gets one sentence for each row that is skipped.</param>
    /// <exception cref="CorpusException">A file is missing or damaged, or nothing is left of all of them.</exception>
    public static ISpeechCorpus Open(IReadOnlyList<string> paths, CorpusFilter filter, int sampleRate, Action<string> warn)
    {
        filter.Validate();
        PackOptions options = new() { Filter = filter, SampleRate = sampleRate };
        List<ISpeechCorpus> parts = [];
        foreach (string path in paths)
            parts.Add(SpeechCorpus.Open(path, options, warn));
        ISpeechCorpus corpus = parts.Count == 1 ? parts[0] : new CombinedCorpus(parts);
        if (corpus.Count == 0)
            throw new CorpusException(string.Join(", ", paths), 0, "nothing is left to use: check the files, and the corpora and speakers asked for");
        if (filter.OnlyCorpora.Count > 0)
        {
            foreach (string name in filter.MatchingNone(Enumerable.Range(0, corpus.Count).Select(i => corpus[i].Corpus).ToHashSet(StringComparer.Ordinal)))
                warn($"No recording is of a corpus '{name}': check how it is spelled.");
        }

        if (filter.OnlySpeakers.Count + filter.ExcludedSpeakers.Count > 0)
        {
            foreach (string name in filter.MatchingNone(paths.SelectMany(Speakers).ToHashSet()))
                warn($"No recording is by a speaker '{name}': check how it is spelled.");
        }

        return corpus;
    }

    /// <summary>Whose recordings a file holds, whatever a filter takes of them.</summary>
    private static IEnumerable<(string Corpus, string Speaker)> Speakers(string path)
    {
        if (!SampleStore.IsStore(path))
            return Manifest.Read(path).Select(row => (row.Corpus, row.Speaker));
        using SampleStore store = SampleStore.Open(path);
        return [.. Enumerable.Range(0, store.Count).Select(i => (store[i].Corpus, store[i].Speaker))];
    }
}
