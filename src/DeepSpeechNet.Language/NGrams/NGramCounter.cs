namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Counts the n-grams of sentences as Kneser-Ney smoothing needs them: those of the full length, and those that begin a sentence, by
/// how often they occur; all shorter ones by the number of different words that go before them ("adjusted counts": Heafield et al. 2013,
/// section 3.1, after Chen and Goodman 1999). A sentence is <c>&lt;s&gt; words &lt;/s&gt;</c>.
/// </summary>
internal sealed class NGramCounter
{
    private readonly int _order;
    private readonly int[] _before;
    private readonly int[] _here;

    /// <param name="order">The full length.</param>
    /// <param name="tokens">Size of the vocabulary.</param>
    /// <param name="occurrences">Whether the occurrences of all n-grams are counted beside the adjusted counts.</param>
    public NGramCounter(int order, int tokens, bool occurrences)
    {
        _order = order;
        _before = new int[order + 1];
        _here = new int[order + 1];
        Levels = new NGramLevel[order - 1];
        for (int k = 0; k < Levels.Length; k++) Levels[k] = new NGramLevel(1024);
        Counts = Arrays(order, tokens);
        Suffixes = Arrays(order, 16);
        Occurrences = occurrences ? Arrays(order, tokens) : null;
    }

    /// <summary>The n-grams of length i + 2 at i.</summary>
    public NGramLevel[] Levels { get; }

    /// <summary>Adjusted counts of the n-grams of length i + 1 at i; <c>&lt;s&gt;</c> by itself has how often it begins a sentence.</summary>
    public GrowingArray<int>[] Counts { get; }

    /// <summary>How often the n-grams of length i + 1 occur, at i; null if that is not counted.</summary>
    public GrowingArray<int>[]? Occurrences { get; }

    /// <summary>For n-grams of length i + 1 at i (from 1): the n-gram without its first word.</summary>
    public GrowingArray<int>[] Suffixes { get; }

    /// <summary>Counts the n-grams of a sentence.</summary>
    /// <param name="tokens">Its tokens, without start and end.</param>
    /// <exception cref="OverflowException">An n-gram occurs more than 2^31 times.</exception>
    public void Add(ReadOnlySpan<int> tokens)
    {
        for (int i = 0; i <= tokens.Length + 1; i++)
        {
            int token = i == 0 ? Vocabulary.Start : i <= tokens.Length ? tokens[i - 1] : Vocabulary.End;
            int longest = Math.Min(i + 1, _order);
            _here[1] = token;
            for (int k = 2; k <= longest; k++)
            {
                int index = Levels[k - 2].FindOrAdd(_before[k - 1], token, out bool added);
                _here[k] = index;
                if (!added) continue;
                Counts[k - 1].Set(index, 0);
                Occurrences?[k - 1].Set(index, 0);
                Suffixes[k - 1].Set(index, _here[k - 1]);
                Counts[k - 2].Values[_here[k - 1]]++;
            }

            // The longest n-gram that ends here is of full length or begins the sentence.
            ref int count = ref Counts[longest - 1].Values[_here[longest]];
            count = checked(count + 1);
            if (Occurrences is not null)
            {
                for (int k = 1; k <= longest; k++) Occurrences[k - 1].Values[_here[k]]++;
            }

            _here.AsSpan().CopyTo(_before);
        }
    }

    /// <summary>Counts of the n-grams of a length.</summary>
    public ReadOnlySpan<int> CountsOf(int length) => Counts[length - 1].Values.AsSpan(0, length == 1 ? Counts[0].Values.Length : Levels[length - 2].Count);

    private static GrowingArray<int>[] Arrays(int order, int first)
    {
        GrowingArray<int>[] arrays = new GrowingArray<int>[order];
        for (int k = 0; k < order; k++) arrays[k] = new GrowingArray<int>(k == 0 ? first : 1024);
        return arrays;
    }
}
