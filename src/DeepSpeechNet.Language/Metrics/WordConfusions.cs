namespace DeepSpeechNet.Language.Metrics;

/// <summary>Which words a test set's errors concern. Immutable.</summary>
public sealed class WordConfusions
{
    private WordConfusions(IEnumerable<WordConfusion> all)
    {
        WordConfusion[] ordered = [.. all.OrderByDescending(c => c.Count).ThenBy(c => c.Said, StringComparer.Ordinal).ThenBy(c => c.Recognised, StringComparer.Ordinal)];
        Substitutions = [.. ordered.Where(c => c.Said.Length > 0 && c.Recognised.Length > 0)];
        Deletions = [.. ordered.Where(c => c.Recognised.Length == 0)];
        Insertions = [.. ordered.Where(c => c.Said.Length == 0)];
    }

    /// <summary>Words taken for others, the most frequent pair first.</summary>
    public IReadOnlyList<WordConfusion> Substitutions { get; }

    /// <summary>Words that were said and not recognised, the most frequent first.</summary>
    public IReadOnlyList<WordConfusion> Deletions { get; }

    /// <summary>Words that were recognised and not said, the most frequent first.</summary>
    public IReadOnlyList<WordConfusion> Insertions { get; }

    /// <summary>Counts the errors of utterances, aligned as <see cref="EditDistance"/> does.</summary>
    public static WordConfusions Of(IEnumerable<UtteranceScore> utterances)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        Dictionary<(string Said, string Recognised), int> counts = [];
        foreach (UtteranceScore utterance in utterances)
        {
            if (utterance.Words.Errors == 0) continue;
            string[] said = WordErrorRate.Words(utterance.Reference), recognised = WordErrorRate.Words(utterance.Hypothesis);
            foreach (EditStep step in EditDistance.Align<string>(said, recognised))
            {
                if (step.Kind == EditKind.Match) continue;
                (string, string) pair = (
                    step.Kind == EditKind.Insertion ? "" : said[step.ReferenceIndex],
                    step.Kind == EditKind.Deletion ? "" : recognised[step.HypothesisIndex]);
                counts[pair] = counts.GetValueOrDefault(pair) + 1;
            }
        }

        return new WordConfusions(counts.Select(c => new WordConfusion(c.Key.Said, c.Key.Recognised, c.Value)));
    }
}
