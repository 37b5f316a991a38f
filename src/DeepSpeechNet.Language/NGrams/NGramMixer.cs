using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Mixes n-gram models into one whose weights depend on the words before:
/// <code>
/// p(w | h) = sum over models k of  w_k(h) p_k(w | h)    with    w_k(h) proportional to  weight_k P_k(h)
/// </code>
/// where P_k(h) is what model k gives the words of h themselves ("Bayes" interpolation: Weintraub et al. 1996, "LM95 Project Report"; Stolcke 2002, section 4.5,
/// of SRILM). So the model of a domain decides where its words have been heard, and hardly counts elsewhere; weights that are the same everywhere can
/// do only one of both. The mixture is a back-off model of all n-grams of the models.
/// </summary>
/// <remarks>
/// A word that a model lacks has no probability in it; <c>&lt;unk&gt;</c> stands for the words that no model has. Repeating a small text in a large one to weigh it does worse:
/// Kneser-Ney discounts then take it for well known and leave too little for what it has not seen.
/// </remarks>
public static class NGramMixer
{
    /// <summary>Mixes models.</summary>
    /// <param name="models">Two or more models, all of words or all of characters; they stay the caller's.</param>
    /// <param name="weights">The weight of each at the beginning of a sentence, above 0; they need not add up to 1.</param>
    /// <param name="quantise">Whether values are kept in 8 bits.</param>
    /// <param name="pruneEntropy">See <see cref="NGramOptions.PruneEntropy"/>; contexts are weighed by the mixture itself. 0 for none.</param>
    /// <param name="progress">Told the part of the n-grams that is done; null for nobody.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The mixture, which the caller disposes.</returns>
    /// <exception cref="ArgumentException">There is one model alone, a weight is out of its range, or words and characters are mixed.</exception>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public static NGramModel Mix(IReadOnlyList<NGramModel> models, IReadOnlyList<double> weights, bool quantise = false, double pruneEntropy = 0, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        NGramTables tables = Mix(models, weights, progress, cancellationToken);
        if (pruneEntropy > 0) tables = EntropyPruner.Prune(tables, pruneEntropy, null);
        cancellationToken.ThrowIfCancellationRequested();
        return NGramModel.FromTables(tables, "the mixture", quantise);
    }

    internal static NGramTables Mix(IReadOnlyList<NGramModel> models, IReadOnlyList<double> weights, Action<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(weights);
        if (models.Count < 2) throw new ArgumentException("A mixture takes two models or more.", nameof(models));
        if (weights.Count != models.Count) throw new ArgumentException($"There are {weights.Count} weights for {models.Count} models.", nameof(weights));
        if (weights.Any(w => !(w > 0 && double.IsFinite(w)))) throw new ArgumentException("The weight of a model is a number above 0.", nameof(weights));
        if (models.Any(m => m.Vocabulary.HasCharacters != models[0].Vocabulary.HasCharacters)) throw new ArgumentException("Models of words and of characters cannot be mixed.", nameof(models));
        Vocabulary vocabulary = new(models.SelectMany(m => Enumerable.Range(Vocabulary.FirstWord, m.Vocabulary.Count - Vocabulary.FirstWord).Select(id => m.Vocabulary[id])).Distinct(StringComparer.Ordinal));
        MixedProbability mixture = new(models, weights, vocabulary);
        int order = models.Max(m => m.Order);
        NGramLevel[] levels = [.. Enumerable.Range(0, order - 1).Select(_ => new NGramLevel())];
        List<float>[] values = [.. levels.Select(_ => new List<float>())];
        long done = 0, all = models.Sum(m => Enumerable.Range(2, m.Order - 1).Sum(k => (long)m.Count(k)));
        Span<int> words = stackalloc int[NGramModel.MaximumOrder];
        foreach (NGramModel model in models)
        {
            NGramTables tables = model.ToTables();
            int[] own = [.. Enumerable.Range(0, model.Vocabulary.Count).Select(id => vocabulary.Find(model.Vocabulary.Utf8(id)))], parents = own;
            for (int k = 2; k <= model.Order; k++)
            {
                NGramLevel from = tables.Levels[k - 2];
                int[] moved = new int[from.Count];
                for (int i = 0; i < moved.Length; i++)
                {
                    moved[i] = levels[k - 2].FindOrAdd(parents[from.Parents[i]], own[from.Words[i]], out bool added);
                    if (added)
                    {
                        tables.Words(k, i, words);
                        for (int j = 0; j < k; j++) words[j] = own[words[j]];
                        values[k - 2].Add((float)mixture.Log(words[..k]));
                    }

                    if ((++done & 0xFFFF) != 0) continue;
                    cancellationToken.ThrowIfCancellationRequested();
                    progress?.Invoke(done / (double)all);
                }

                parents = moved;
            }
        }

        float[] unigrams = new float[vocabulary.Count];
        for (int word = 0; word < unigrams.Length; word++) unigrams[word] = (float)mixture.Log([word]);
        NGramTables mixed = new(vocabulary, levels, [unigrams, .. values.Select(v => v.ToArray())], [.. Enumerable.Range(1, order - 1).Select(k => new float[k == 1 ? vocabulary.Count : levels[k - 2].Count])]);
        EntropyPruner.Renew(mixed);
        return mixed;
    }

    /// <summary>The mixed probability of one word after others.</summary>
    private sealed class MixedProbability
    {
        private readonly IReadOnlyList<NGramModel> _models;
        private readonly double[] _weights;
        private readonly int[][] _ids;

        public MixedProbability(IReadOnlyList<NGramModel> models, IReadOnlyList<double> weights, Vocabulary vocabulary)
        {
            double sum = weights.Sum();
            _models = models;
            _weights = [.. weights.Select(w => Math.Log(w / sum))];
            _ids = [.. models.Select(m => Enumerable.Range(0, vocabulary.Count).Select(id => m.Vocabulary.Find(vocabulary.Utf8(id)) is var own && own == Vocabulary.Unknown && id != Vocabulary.Unknown ? -1 : own).ToArray())];
        }

        /// <summary>The natural logarithm of the probability of the last of these words after the others.</summary>
        public double Log(ReadOnlySpan<int> words)
        {
            double before = double.NegativeInfinity, with = double.NegativeInfinity;
            for (int k = 0; k < _models.Count; k++)
            {
                double context = _weights[k] + Chain(k, words[..^1], out NGramState state);
                before = LogMath.Add(before, context);
                int last = _ids[k][words[^1]];
                if (last >= 0 && double.IsFinite(context)) with = LogMath.Add(with, context + _models[k].Score(state, last, out _));
            }

            return with - before;
        }

        /// <summary>What a model gives words themselves; nothing where it lacks one of them.</summary>
        private double Chain(int k, ReadOnlySpan<int> words, out NGramState state)
        {
            NGramModel model = _models[k];
            double sum = 0;
            state = model.Empty;
            for (int i = 0; i < words.Length; i++)
            {
                if (words[i] == Vocabulary.Start)
                {
                    state = model.Begin;
                    continue;
                }

                int own = _ids[k][words[i]];
                if (own < 0) return double.NegativeInfinity;
                sum += model.Score(state, own, out state);
            }

            return sum;
        }
    }
}
