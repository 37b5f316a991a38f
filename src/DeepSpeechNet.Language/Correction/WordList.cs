using System.IO.Compression;
using System.Text;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.Correction;

/// <summary>Words and how often each was seen, sorted by their letters. Immutable.</summary>
public sealed class WordList
{
    internal const string WordsTensor = "correction.words", CountsTensor = "correction.word_counts";

    /// <summary>Counts are kept as powers of two in steps of an eighth.</summary>
    private const double Steps = 8;

    private const int MostBytes = 1 << 26, MostWords = 1 << 22;

    private readonly string[] _words;
    private readonly double[] _counts;

    internal WordList(string[] words, double[] counts)
    {
        (_words, _counts) = (words, counts);
        foreach (double count in counts)
            Total += count;
    }

    /// <summary>The number of words.</summary>
    public int Count => _words.Length;

    /// <summary>The sum of all counts.</summary>
    public double Total { get; }

    internal ReadOnlySpan<string> Words => _words;

    internal ReadOnlySpan<double> Counts => _counts;

    /// <summary>The number of a word, or negative.</summary>
    internal int Find(string word) => Array.BinarySearch(_words, word, StringComparer.Ordinal);

    /// <summary>A list of counted words; those with other characters than a to z and apostrophe are left out.</summary>
    /// <param name="counts">Words and their counts, above 0.</param>
    public static WordList FromCounts(IEnumerable<KeyValuePair<string, double>> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        SortedDictionary<string, double> sorted = new(StringComparer.Ordinal);
        foreach ((string word, double count) in counts)
        {
            if (count > 0 && IsWord(word))
                sorted[word] = sorted.GetValueOrDefault(word) + count;
        }

        return new WordList([.. sorted.Keys], [.. sorted.Values]);
    }

    /// <summary>Whether a text is one word of the channel's letters, one of them at least a to z.</summary>
    internal static bool IsWord(ReadOnlySpan<char> text)
    {
        bool letters = false;
        foreach (char c in text)
        {
            if (ChannelLetters.Code(c) is 0 or ChannelLetters.Space)
                return false;
            letters |= c != '\'';
        }

        return letters;
    }

    internal static WordList Read(TensorFile file)
    {
        string text = Encoding.ASCII.GetString(Inflate(file, WordsTensor));
        byte[] levels = Inflate(file, CountsTensor);
        string[] words = text.Length == 0 ? [] : text.Split('\n');
        if (words.Length != levels.Length || words.Length > MostWords)
            throw new ModelFormatException(file.Name, $"tensor '{WordsTensor}'", $"has {words.Length} words and '{CountsTensor}' {levels.Length} counts; they must be as many, and at most {MostWords}");
        for (int i = 0; i < words.Length; i++)
        {
            if (!IsWord(words[i]) || (i > 0 && string.CompareOrdinal(words[i - 1], words[i]) >= 0))
                throw new ModelFormatException(file.Name, $"tensor '{WordsTensor}'", $"has a word number {i + 1} that is empty, out of order or of other characters than a to z and apostrophe");
        }

        return new WordList(words, Array.ConvertAll(levels, level => Math.Pow(2, (level / Steps) - 4)));
    }

    internal void Write(TensorFileWriter writer)
    {
        byte[] words = Deflate(Encoding.ASCII.GetBytes(string.Join('\n', _words)));
        byte[] levels = Deflate(Array.ConvertAll(_counts, count => (byte)Math.Clamp(Math.Round((Math.Log2(count) + 4) * Steps), 0, 255)));
        writer.Add<byte>(WordsTensor, [words.Length], words);
        writer.Add<byte>(CountsTensor, [levels.Length], levels);
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (BrotliStream brotli = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            brotli.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Inflate(TensorFile file, string tensor)
    {
        using MemoryStream plain = new();
        try
        {
            using BrotliStream brotli = new(new MemoryStream(file.Bytes(tensor).ToArray()), CompressionMode.Decompress);
            byte[] buffer = new byte[1 << 16];
            for (int read; (read = brotli.Read(buffer)) > 0;)
            {
                plain.Write(buffer, 0, read);
                if (plain.Length > MostBytes)
                    throw new ModelFormatException(file.Name, $"tensor '{tensor}'", "unpacks to more than 64 MiB");
            }
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new ModelFormatException(file.Name, $"tensor '{tensor}'", "cannot be unpacked: the file is damaged, copy it again", e);
        }

        return plain.ToArray();
    }
}
