namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Builds n-gram models from text with interpolated modified Kneser-Ney smoothing (Chen and Goodman 1999), counted and smoothed the way
/// KenLM does. The text is read once and not kept: what memory holds is one to two bytes a word and some twenty-five for each n-gram.
/// </summary>
/// <remarks>
/// A word that the vocabulary lacks counts as the unknown word, as does the word <c>&lt;unk&gt;</c> of the text; where no word of the text
/// is unknown, the unknown word gets what a word without a count gets. Same text and options give the same model.
/// </remarks>
public static class NGramBuilder
{
    private const int ReportEvery = 1 << 14, MeasuredTokens = 200_000;

    /// <summary>Builds a model.</summary>
    /// <param name="sentences">The text, a sentence each; read once. Those without a token are passed over.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told now and then how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The model, and what is worth knowing of it.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="LanguageTextException">The text has no token, or none of its words is in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public static NGramBuild Build(IEnumerable<string> sentences, NGramOptions options, Action<NGramProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        TokenisedText text = Read(sentences, options, progress, cancellationToken);
        Vocabulary vocabulary = Choose(text, options);
        bool occurrences = options.PruneEntropy > 0 || options.PruneCount(options.Order) > 0;
        NGramCounter counter = new(options.Order, vocabulary.Count, occurrences);
        long unknown = 0;
        text.ForEach(vocabulary, (tokens, before) =>
        {
            counter.Add(tokens);
            foreach (int token in tokens) unknown += token == Vocabulary.Unknown ? 1 : 0;
            if (before / ReportEvery == (before + tokens.Length) / ReportEvery) return;
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Invoke(new NGramProgress(NGramStage.Counting, before, before / (double)text.Length));
        });

        Discounts[] discounts = new Discounts[options.Order];
        float[][]? histories = options.PruneEntropy > 0 && options.PruneCount(options.Order) == 0 ? Histories(counter, options.Order, text.Length + text.Sentences) : null;
        NGramTables tables = KneserNey.Estimate(counter, vocabulary, options, discounts, length =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Invoke(new NGramProgress(NGramStage.Smoothing, text.Length, length / (double)options.Order));
        });
        if (options.PruneEntropy > 0)
        {
            progress?.Invoke(new NGramProgress(NGramStage.Pruning, text.Length, 0));
            tables = EntropyPruner.Prune(tables, options.PruneEntropy, histories);
        }

        cancellationToken.ThrowIfCancellationRequested();
        progress?.Invoke(new NGramProgress(NGramStage.Packing, text.Length, 0));
        NGramModel model = NGramModel.FromTables(tables, "the model", options.Quantise);
        return new NGramBuild
        {
            Model = model,
            Sentences = text.Sentences,
            Tokens = text.Length,
            UnknownTokens = unknown,
            Discounts = [.. discounts],
            QuantisationCost = options.Quantise ? Cost(tables, model, text) : 1,
        };
    }

    private static TokenisedText Read(IEnumerable<string> sentences, NGramOptions options, Action<NGramProgress>? progress, CancellationToken cancellationToken)
    {
        TokenisedText text = new(options.Characters);
        long reported = 0;
        bool any = false;
        foreach (string sentence in sentences)
        {
            any = true;
            text.Add(sentence);
            if (text.Length - reported < ReportEvery) continue;
            reported = text.Length;
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Invoke(new NGramProgress(NGramStage.Reading, reported, double.NaN));
        }

        if (!any) throw new LanguageTextException("The text is empty: give text of one sentence a line.");
        if (text.Length == 0) throw new LanguageTextException("The text has no word, only blank lines: give text of one sentence a line.");
        return text;
    }

    private static Vocabulary Choose(TokenisedText text, NGramOptions options)
    {
        if (options.Vocabulary is not { } vocabulary)
        {
            vocabulary = text.MakeVocabulary(options.MinimumCount, options.MaximumWords);
            if (vocabulary.Count == Vocabulary.FirstWord)
                throw new LanguageTextException(options.MinimumCount > 1
                    ? $"No word of the text occurs {options.MinimumCount} times, so the vocabulary would have no word: lower the minimum count or give more text."
                    : "The text has no word but special tokens such as <unk>.");
            return vocabulary;
        }

        if (vocabulary.HasCharacters != options.Characters)
            throw new ArgumentException(options.Characters ? "The tokens are to be characters, but the vocabulary has words." : "The tokens are to be words, but the vocabulary has characters.", nameof(options));
        for (int token = 0; token < text.Tokens.Count; token++)
        {
            if (vocabulary.Find(text.Tokens[token]) != Vocabulary.Unknown) return vocabulary;
        }

        throw new LanguageTextException("No word of the text is in the vocabulary: they belong to different languages or spellings.");
    }

    /// <summary>The log share of each n-gram in the running text.</summary>
    private static float[][] Histories(NGramCounter counter, int order, double positions)
    {
        float[][] histories = new float[order - 1][];
        for (int k = 0; k < order - 1; k++)
        {
            int[] occurrences = counter.Occurrences![k].Values;
            histories[k] = new float[counter.CountsOf(k + 1).Length];
            for (int i = 0; i < histories[k].Length; i++) histories[k][i] = (float)Math.Log(occurrences[i] / positions);
        }

        return histories;
    }

    private static double Cost(NGramTables tables, NGramModel quantised, TokenisedText text)
    {
        using NGramModel exact = NGramModel.FromTables(tables, "the model");
        NGramPerplexity with = new(quantised), without = new(exact);
        text.ForEach(tables.Vocabulary, (tokens, before) =>
        {
            if (before > MeasuredTokens) return;
            with.Add(tokens);
            without.Add(tokens);
        });
        return with.Perplexity / without.Perplexity;
    }
}
