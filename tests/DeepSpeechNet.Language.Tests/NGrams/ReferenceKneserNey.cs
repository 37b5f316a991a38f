using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.NGrams;

/// <summary>
/// Modified Kneser-Ney smoothing straight from its definition (Chen and Goodman 1999; KenLM's choices), on lists of n-grams as texts:
/// slow, and written independently of the library.
/// </summary>
internal sealed class ReferenceKneserNey
{
    private readonly int _order;
    private readonly List<string> _predicted;
    private readonly Dictionary<string, long>[] _adjusted;
    private readonly Dictionary<string, long>[] _occurrences;
    private readonly int[] _prune;

    public ReferenceKneserNey(IEnumerable<string[]> sentences, int order, IEnumerable<string> words, int[]? prune = null)
    {
        _order = order;
        _prune = prune ?? new int[order];
        _predicted = [.. words.Where(w => w != "<s>")];
        List<string[]> framed = [.. sentences.Select(s => (string[])["<s>", .. s, "</s>"])];
        _occurrences = new Dictionary<string, long>[order + 1];
        for (int k = 1; k <= order; k++)
        {
            _occurrences[k] = framed.SelectMany(s => Enumerable.Range(0, Math.Max(0, s.Length - k + 1)).Select(i => string.Join(' ', s.Skip(i).Take(k))))
                .GroupBy(g => g).ToDictionary(g => g.Key, g => (long)g.Count());
        }

        _adjusted = new Dictionary<string, long>[order + 1];
        for (int k = 1; k <= order; k++)
        {
            _adjusted[k] = _occurrences[k].ToDictionary(g => g.Key, g => k == order || g.Key.Split(' ')[0] == "<s>"
                ? g.Value
                : _occurrences[k + 1].Keys.Count(longer => longer.EndsWith(" " + g.Key, StringComparison.Ordinal)));
        }

        _adjusted[1].Remove("<s>");
    }

    public double[] DiscountsOf(int length)
    {
        double n1 = Having(length, 1), n2 = Having(length, 2), n3 = Having(length, 3), n4 = Having(length, 4);
        double[] fallback = [0.5, 1, 1.5];
        if (n1 == 0 || n2 == 0 || n3 == 0) return fallback;
        double y = n1 / (n1 + (2 * n2));
        double[] d = [1 - (2 * y * n2 / n1), 2 - (3 * y * n3 / n2), 3 - (4 * y * n4 / n3)];
        return d[0] < 0 || d[1] < 0 || d[2] < 0 || d[0] > 1 || d[1] > 2 || d[2] > 3 ? fallback : d;
    }

    /// <summary>The probability of a word after a history of any length.</summary>
    public double Probability(string[] history, string word)
    {
        history = [.. history.TakeLast(_order - 1)];
        // A history that was never followed by anything tells nothing.
        while (history.Length > 0 && !_adjusted[history.Length + 1].Keys.Any(g => g.StartsWith(string.Join(' ', history) + " ", StringComparison.Ordinal)))
            history = history[1..];
        return Interpolated(history, word);
    }

    private double Interpolated(string[] history, string word)
    {
        int k = history.Length + 1;
        string prefix = string.Concat(history.Select(h => h + " "));
        KeyValuePair<string, long>[] followers = [.. _adjusted[k].Where(g => g.Key.StartsWith(prefix, StringComparison.Ordinal))];
        double lower = k == 1 ? 1.0 / _predicted.Count : Interpolated(history[1..], word);
        if (followers.Length == 0) return lower;
        double[] discounts = DiscountsOf(k);
        double sum = followers.Sum(f => f.Value);
        double freed = followers.Sum(f => Pruned(f.Key, k) ? f.Value : discounts[Math.Min(f.Value, 3) - 1]);
        double own = 0;
        string gram = prefix + word;
        if (_adjusted[k].TryGetValue(gram, out long count) && !Pruned(gram, k)) own = count - discounts[Math.Min(count, 3) - 1];
        return (own / sum) + (freed / sum * lower);
    }

    private bool Pruned(string gram, int length) => _occurrences[length][gram] <= _prune[length - 1];

    private double Having(int length, long count) => _adjusted[length].Values.Count(c => c == count);

    /// <summary>Sentences over a few words, frequent and rare ones, with enough repetition for discounts to be estimated.</summary>
    public static List<string[]> RandomText(int seed, int sentences, int words)
    {
        Random random = new(seed);
        List<string[]> text = [];
        for (int i = 0; i < sentences; i++)
        {
            string[] sentence = new string[1 + random.Next(9)];
            int last = 0;
            for (int w = 0; w < sentence.Length; w++)
            {
                // A walk that often goes on in the same way.
                last = random.Next(3) == 0 ? (last + 1) % words : (int)(words * Math.Pow(random.NextDouble(), 3));
                sentence[w] = $"w{last}";
            }

            text.Add(sentence);
        }

        return text;
    }
}
