using System.Text;

namespace DeepSpeechNet.Language.Correction;

/// <summary>Reads pairs of wrong and right texts, and parts them for training and testing.</summary>
public static class SpellingPairs
{
    private static readonly TextNormaliser Normaliser = new(Alphabet.English);

    /// <summary>Reads pairs from a table with tabs between columns: a first line with at least the names <c>wrong</c> and <c>right</c>, and perhaps
    /// <c>source</c>; then a pair a line. Texts are brought to lower case without punctuation; pairs with digits or foreign letters are left out.</summary>
    /// <param name="reader">The table.</param>
    /// <param name="name">Its name, for messages and for pairs without a source.</param>
    /// <exception cref="InvalidDataException">The head lacks a name or a line has too few columns; the message names the line.</exception>
    public static IEnumerable<SpellingPair> Read(TextReader reader, string name)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return ReadLines(reader, name);
    }

    /// <summary>The part that a pair belongs to, by what was meant, so that no right word is in two parts: 0 to 9, the same always.</summary>
    public static int Part(SpellingPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        // FNV-1a over UTF-8: the same on every machine, unlike string.GetHashCode.
        uint hash = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(pair.Right))
            hash = (hash ^ b) * 16777619;
        hash ^= hash >> 15;
        return (int)(hash % 10);
    }

    private static IEnumerable<SpellingPair> ReadLines(TextReader reader, string name)
    {
        string[] head = (reader.ReadLine() ?? "").TrimStart('\uFEFF').Split('\t');
        int wrong = Array.IndexOf(head, "wrong"), right = Array.IndexOf(head, "right"), source = Array.IndexOf(head, "source");
        if (wrong < 0 || right < 0)
            throw new InvalidDataException($"{name}: line 1 names no columns 'wrong' and 'right' with a tab between them; put such a line first.");
        int number = 1;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0)
                continue;
            string[] cells = line.Split('\t');
            if (cells.Length <= Math.Max(wrong, right))
                throw new InvalidDataException($"{name}: line {number} has {cells.Length} columns; a pair needs '{head[wrong]}' and '{head[right]}'.");
            NormalisedText w = Normaliser.Normalise(cells[wrong]), r = Normaliser.Normalise(cells[right]);
            if (w.Unmapped.Count + r.Unmapped.Count == 0 && w.Text.Length > 0 && r.Text.Length > 0)
                yield return new SpellingPair(w.Text, r.Text, source >= 0 && source < cells.Length ? cells[source] : name);
        }
    }
}
