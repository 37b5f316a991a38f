using System.Collections.Immutable;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>How an n-gram model is built from text.</summary>
public sealed record NGramOptions
{
    /// <summary>Length of the longest n-grams, 1 to <see cref="NGramModel.MaximumOrder"/>. Default: 3.</summary>
    public int Order { get; init; } = 3;

    /// <summary>Whether the tokens are characters (the space is <see cref="Vocabulary.SpaceToken"/>) instead of words. Default: words.</summary>
    public bool Characters { get; init; }

    /// <summary>Words that occur less often become the unknown word. Default: 1, which keeps all.</summary>
    public int MinimumCount { get; init; } = 1;

    /// <summary>At most as many words, the most frequent ones; others become the unknown word. Default: no limit that matters.</summary>
    public int MaximumWords { get; init; } = Vocabulary.MostTokens - Vocabulary.FirstWord;

    /// <summary>A vocabulary to use as it is, instead of the text's own; null for that of the text.</summary>
    public Vocabulary? Vocabulary { get; init; }

    /// <summary>
    /// For each length of n-grams the largest count that is left out: "0, 0, 1" leaves out 3-grams that occur once. The last number
    /// holds for longer ones too; 1-grams are never left out, and no number may be smaller than the one before. Default: none.
    /// </summary>
    public ImmutableArray<int> PruneCounts { get; init; } = [];

    /// <summary>
    /// N-grams are left out where that raises the perplexity by less than this part, by itself (Stolcke 1998); 1e-8 is little,
    /// 1e-6 much. Default: 0, none.
    /// </summary>
    public double PruneEntropy { get; init; }

    /// <summary>Whether values are kept in 8 bits in the model. Default: floats.</summary>
    public bool Quantise { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (Order is < 1 or > NGramModel.MaximumOrder) throw new ArgumentException($"The order of an n-gram model is 1 to {NGramModel.MaximumOrder}, not {Order}.");
        if (MinimumCount < 1) throw new ArgumentException($"The minimum count of a word is at least 1, not {MinimumCount}.");
        if (MaximumWords < 1) throw new ArgumentException($"The vocabulary has at least 1 word, not {MaximumWords}.");
        if (!(PruneEntropy >= 0) || !double.IsFinite(PruneEntropy)) throw new ArgumentException($"The pruning threshold is 0 or more, not {PruneEntropy}.");
        if (PruneCounts.IsDefault) throw new ArgumentException("The pruning counts are missing; give an empty list for none.");
        if (PruneCounts.Length > Order) throw new ArgumentException($"There are pruning counts for {PruneCounts.Length} lengths, but the order is {Order}.");
        for (int i = 0; i < PruneCounts.Length; i++)
        {
            if (PruneCounts[i] < (i == 0 ? 0 : PruneCounts[i - 1])) throw new ArgumentException("Pruning counts are 0 or more, and none is smaller than the one before.");
        }

        if (PruneCounts.Length > 0 && PruneCounts[0] > 0) throw new ArgumentException("1-grams cannot be pruned by count: begin the pruning counts with 0 and use a minimum count for words.");
        if (Vocabulary is { Count: Vocabulary.FirstWord }) throw new ArgumentException("The vocabulary has no word.");
    }

    /// <summary>The largest count of n-grams of a length that is left out.</summary>
    internal int PruneCount(int length) => length == 1 || PruneCounts.IsEmpty ? 0 : PruneCounts[Math.Min(length, PruneCounts.Length) - 1];
}
