using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Cli.Languages;

/// <summary>N-gram models in files: the ending of a name says in which form one is written.</summary>
internal static class NGramFiles
{
    /// <summary>Writes a model: as ARPA where the name ends in <c>.arpa</c>, in the binary form otherwise.</summary>
    public static void Save(NGramModel model, string path)
    {
        if (path.EndsWith(".arpa", StringComparison.OrdinalIgnoreCase)) model.SaveArpa(path);
        else model.Save(path);
    }

    /// <summary>One line: the n-grams of each length and the file's size.</summary>
    public static string Describe(NGramModel model, string path)
    {
        string counts = string.Join(", ", Enumerable.Range(1, model.Order).Select(k => $"{model.Count(k):N0} {k}-grams"));
        return $"{path}: {counts}; {new FileInfo(path).Length / 1e6:F1} MB";
    }

    /// <summary>Complains before any work if the file's folder is missing, or if its form cannot hold values in 8 bits that it is to have.</summary>
    /// <exception cref="UsageException">One of these is so.</exception>
    public static void CheckTarget(string path, bool quantise)
    {
        if (quantise && path.EndsWith(".arpa", StringComparison.OrdinalIgnoreCase)) throw new UsageException("--quantise needs the binary form: give the model a name that does not end in .arpa.");
        if (Directory.Exists(path)) throw new UsageException($"'{path}' is a folder; name the file to write.");
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is not null && !Directory.Exists(folder)) throw new UsageException($"The folder of '{path}' does not exist; create it and try again.");
    }

    /// <summary>The perplexity of lines of text.</summary>
    public static NGramPerplexity Measure(NGramModel model, TextFiles text, ProgressLine progress, CancellationToken cancellationToken)
    {
        NGramPerplexity perplexity = new(model);
        foreach (string line in text.Lines())
        {
            perplexity.Add(line);
            if (perplexity.Sentences % 256 != 0) continue;
            cancellationToken.ThrowIfCancellationRequested();
            progress.Show(elapsed => $"measuring: {perplexity.Tokens:N0} words{Left(elapsed, text.Fraction)}");
        }

        if (perplexity.Tokens == 0) throw new LanguageTextException("The text to measure has no word: give text of one sentence a line.");
        return perplexity;
    }

    /// <summary>The time left, as the end of a line of progress; nothing where it is not known.</summary>
    public static string Left(TimeSpan elapsed, double fraction) =>
        fraction is > 0.01 and <= 1 ? $", {100 * fraction:F0}%, {elapsed.TotalSeconds * (1 - fraction) / fraction:F0} s left" : "";
}
