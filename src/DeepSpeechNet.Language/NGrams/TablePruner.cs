namespace DeepSpeechNet.Language.NGrams;

/// <summary>Leaves n-grams out of a model.</summary>
internal static class TablePruner
{
    /// <summary>The model of the n-grams that are kept, and of the contexts these need.</summary>
    /// <param name="tables">The model.</param>
    /// <param name="kept">For each length, which n-grams are kept; null for all.</param>
    public static NGramTables Keep(NGramTables tables, bool[]?[] kept)
    {
        int order = tables.Order;
        for (int k = order; k > 2; k--)
        {
            if (kept[k - 2] is not { } contexts) continue;
            int[] parents = tables.Levels[k - 2].Parents;
            for (int i = 0; i < tables.Count(k); i++)
            {
                if (kept[k - 1] is not { } own || own[i]) contexts[parents[i]] = true;
            }
        }

        NGramLevel[] levels = new NGramLevel[order - 1];
        float[][] probabilities = new float[order][], backoffs = new float[order - 1][];
        probabilities[0] = tables.LogProbabilities[0];
        if (order > 1) backoffs[0] = tables.Backoffs[0];
        int[]? moved = null;
        for (int k = 2; k <= order; k++) moved = Copy(tables, k, kept[k - 1], moved, levels, probabilities, backoffs);
        return new NGramTables(tables.Vocabulary, levels, probabilities, backoffs);
    }

    private static int[] Copy(NGramTables tables, int length, bool[]? kept, int[]? parents, NGramLevel[] levels, float[][] probabilities, float[][] backoffs)
    {
        NGramLevel from = tables.Levels[length - 2];
        int count = kept is null ? from.Count : kept.AsSpan(0, from.Count).Count(true);
        NGramLevel to = new(count);
        float[] values = new float[count], weights = new float[length < tables.Order ? count : 0];
        int[] moved = new int[from.Count];
        for (int i = 0; i < from.Count; i++)
        {
            if (kept is not null && !kept[i]) continue;
            int parent = from.Parents[i];
            int index = to.FindOrAdd(parents is null ? parent : parents[parent], from.Words[i], out _);
            moved[i] = index;
            values[index] = tables.LogProbabilities[length - 1][i];
            if (weights.Length > 0) weights[index] = tables.Backoffs[length - 1][i];
        }

        levels[length - 2] = to;
        probabilities[length - 1] = values;
        if (length < tables.Order) backoffs[length - 1] = weights;
        return moved;
    }
}
