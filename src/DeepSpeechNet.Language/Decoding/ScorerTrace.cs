namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// What a scorer gave to each symbol of one text: it is led along the text as the beam search would lead it. So the share of each
/// model in a result can be told afterwards, for any text, and the search itself keeps no books.
/// </summary>
public static class ScorerTrace
{
    /// <summary>The scores of a text, symbol by symbol.</summary>
    /// <param name="scorer">The scorer; it begins a new utterance, so no search may be using it.</param>
    /// <param name="labels">The text.</param>
    /// <returns>Natural logarithms as weighted by the scorer: one for each label, and at the end one for ending there.</returns>
    /// <exception cref="ArgumentException">A label is no symbol of the scorer.</exception>
    public static float[] Scores(IScorer scorer, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        float[] scores = new float[labels.Length + 1];
        float[] next = new float[scorer.SymbolCount];
        int[] state = [scorer.Begin(next)], label = [0], extended = [0];
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)next.Length)
                throw new ArgumentException($"{labels[i]} is no label of a scorer of {next.Length} symbols.", nameof(labels));
            scores[i] = next[labels[i]];
            label[0] = labels[i];
            scorer.Extend(state, label, extended, next);
            scorer.Release(state[0]);
            state[0] = extended[0];
        }

        scorer.End(state, scores.AsSpan(labels.Length, 1));
        scorer.Release(state[0]);
        return scores;
    }
}
