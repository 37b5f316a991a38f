namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// A back-off model in open tables, as it is built, read, pruned and written: for each length the n-grams, their natural log
/// probabilities and the natural log weights of backing off from them. Every n-gram's parent is there.
/// </summary>
internal sealed class NGramTables
{
    public NGramTables(Vocabulary vocabulary, NGramLevel[] levels, float[][] logProbabilities, float[][] backoffs)
    {
        Vocabulary = vocabulary;
        Levels = levels;
        LogProbabilities = logProbabilities;
        Backoffs = backoffs;
    }

    /// <summary>The tokens; the number of a 1-gram is that of its token.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Length of the longest n-grams.</summary>
    public int Order => LogProbabilities.Length;

    /// <summary>The n-grams of length i + 2 at i.</summary>
    public NGramLevel[] Levels { get; }

    /// <summary>The log probabilities of the n-grams of length i + 1 at i.</summary>
    public float[][] LogProbabilities { get; }

    /// <summary>The log back-off weights of the n-grams of length i + 1 at i, for all but the longest.</summary>
    public float[][] Backoffs { get; }

    /// <summary>Number of n-grams of a length.</summary>
    public int Count(int length) => length == 1 ? Vocabulary.Count : Levels[length - 2].Count;

    /// <summary>The words of an n-gram, the first first.</summary>
    public void Words(int length, int index, Span<int> words)
    {
        for (int k = length; k > 1; k--)
        {
            words[k - 1] = Levels[k - 2].Words[index];
            index = Levels[k - 2].Parents[index];
        }

        words[0] = index;
    }

    /// <summary>The number of the n-gram of these words; -1 where there is none.</summary>
    public int Find(ReadOnlySpan<int> words)
    {
        int index = words[0];
        for (int k = 1; k < words.Length && index >= 0; k++) index = Levels[k - 1].Find(index, words[k]);
        return index;
    }

    /// <summary>The natural log probability of the last of these words after the others, by backing off.</summary>
    public double LogProbability(ReadOnlySpan<int> words)
    {
        double backoff = 0;
        while (words.Length > 1)
        {
            int index = Find(words);
            if (index >= 0) return backoff + LogProbabilities[words.Length - 1][index];
            int context = Find(words[..^1]);
            if (context >= 0) backoff += Backoffs[words.Length - 2][context];
            words = words[1..];
        }

        return backoff + LogProbabilities[0][words[0]];
    }
}
