using System.Text;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.NGrams;

/// <summary>ARPA texts for tests, and an independent reading of what they mean.</summary>
internal static class Arpa
{
    public const string Small = """
        \data\
        ngram 1=5
        ngram 2=4
        ngram 3=2

        \1-grams:
        -1.5	<unk>
        -99	<s>	-0.4
        -0.7	</s>
        -0.6	tea	-0.3
        -0.9	cup	-0.2

        \2-grams:
        -0.3	<s> tea	-0.1
        -0.5	tea </s>
        -0.2	cup tea	-0.25
        -0.4	tea cup

        \3-grams:
        -0.15	<s> tea cup
        -0.05	cup tea </s>

        \end\
        """;

    public static NGramModel Load(string text) => NGramModel.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "test.arpa");

    /// <summary>A random model whose n-grams are closed under taking the last word away, but not the first.</summary>
    public static (string Text, Dictionary<string, (double LogProbability, double Backoff)> Entries) Random(Random random, int order, int words, int each)
    {
        string[] tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, words).Select(i => $"w{i}")];
        Dictionary<string, (double, double)> all = [];
        List<string>[] sections = new List<string>[order];
        sections[0] = [.. tokens];
        foreach (string token in tokens) all[token] = (-1 - random.NextDouble(), -random.NextDouble());
        for (int k = 1; k < order; k++)
        {
            SortedSet<string> section = new(StringComparer.Ordinal);
            while (section.Count < each) section.Add($"{sections[k - 1][random.Next(sections[k - 1].Count)]} {tokens[random.Next(tokens.Length)]}");
            sections[k] = [.. section];
            foreach (string gram in section) all[gram] = (-random.NextDouble(), k < order - 1 ? 0.2 - random.NextDouble() : 0);
        }

        StringBuilder text = new("\\data\\\n");
        for (int k = 0; k < order; k++) text.Append($"ngram {k + 1}={sections[k].Count}\n");
        for (int k = 0; k < order; k++)
        {
            text.Append($"\n\\{k + 1}-grams:\n");
            foreach (string gram in sections[k]) text.Append($"{all[gram].Item1:R}\t{gram}{(k < order - 1 ? $"\t{all[gram].Item2:R}" : "")}\n");
        }

        return (text.Append("\n\\end\\\n").ToString(), all);
    }

    /// <summary>The definition of backing off, on texts; natural logarithm.</summary>
    public static double Score(Dictionary<string, (double LogProbability, double Backoff)> entries, ReadOnlySpan<string> words)
    {
        if (entries.TryGetValue(string.Join(' ', words), out (double LogProbability, double) found)) return found.LogProbability * Math.Log(10);
        double backoff = entries.TryGetValue(string.Join(' ', words[..^1]), out (double, double Backoff) context) ? context.Backoff : 0;
        return (backoff * Math.Log(10)) + Score(entries, words[1..]);
    }
}
