using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// The tokens of a language model, words or characters, under numbers from 0: <c>&lt;unk&gt;</c> (every word that is not in it),
/// <c>&lt;s&gt;</c> (the start of a sentence), <c>&lt;/s&gt;</c> (its end), then the words. All language models of this library
/// number words this way.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. As a file it is plain UTF-8 text, one token a line in the order of their numbers. A vocabulary of
/// characters holds Unicode characters and writes the space as <c>&lt;space&gt;</c>, since files of language models are split
/// at spaces.
/// </remarks>
public sealed class Vocabulary
{
    /// <summary>Number of the unknown word, which stands for every word outside the vocabulary.</summary>
    public const int Unknown = 0;

    /// <summary>Number of the start of a sentence.</summary>
    public const int Start = 1;

    /// <summary>Number of the end of a sentence.</summary>
    public const int End = 2;

    /// <summary>Number of the first word.</summary>
    public const int FirstWord = 3;

    /// <summary>How the unknown word is written.</summary>
    public const string UnknownToken = "<unk>";

    /// <summary>How the start of a sentence is written.</summary>
    public const string StartToken = "<s>";

    /// <summary>How the end of a sentence is written.</summary>
    public const string EndToken = "</s>";

    /// <summary>How the space is written among characters.</summary>
    public const string SpaceToken = "<space>";

    /// <summary>The most tokens that a vocabulary holds.</summary>
    public const int MostTokens = 1 << 24;

    private readonly WordTable _words;

    internal Vocabulary(WordTable words)
    {
        _words = words;
        Space = words.Find("<space>"u8);
        HasCharacters = Space >= 0 && OnlyCharacters();
    }

    /// <summary>A vocabulary of given words, numbered in their order from <see cref="FirstWord"/>.</summary>
    /// <param name="words">Distinct words without white space. The three tokens before them may stand in the list and are passed over.</param>
    /// <exception cref="ArgumentException">A word is empty, holds white space or comes twice, or there are more than <see cref="MostTokens"/>.</exception>
    public Vocabulary(IEnumerable<string> words)
        : this(Table(words))
    {
    }

    /// <summary>Number of tokens, the three special ones among them.</summary>
    public int Count => _words.Count;

    /// <summary>Whether its tokens are characters: all single characters, the space (<c>&lt;space&gt;</c>) among them.</summary>
    public bool HasCharacters { get; }

    /// <summary>Number of the space in a vocabulary of characters; negative where there is none.</summary>
    public int Space { get; }

    /// <summary>A token's text.</summary>
    /// <param name="id">Its number.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of this number.</exception>
    public string this[int id] => Encoding.UTF8.GetString(_words[id]);

    internal WordTable Table() => _words;

    /// <summary>The vocabulary of counted words: the most frequent first, those of equal count in the order of their letters.</summary>
    /// <param name="counts">Words and how often each occurs. The special tokens are passed over.</param>
    /// <param name="minimumCount">Words that occur less often are left out.</param>
    /// <param name="maximumWords">At most as many words, the special tokens not counted.</param>
    /// <exception cref="ArgumentException">A word is empty, holds white space or comes twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below 1.</exception>
    public static Vocabulary FromCounts(IEnumerable<KeyValuePair<string, long>> counts, long minimumCount = 1, int maximumWords = MostTokens - FirstWord)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumWords, 1);
        return new Vocabulary(counts.Where(c => c.Value >= minimumCount && !IsSpecial(c.Key))
            .OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(maximumWords).Select(c => c.Key));
    }

    /// <summary>The number of a word; <see cref="Unknown"/> where it is not in the vocabulary. Allocates nothing.</summary>
    /// <param name="word">The word as it is written.</param>
    public int Find(ReadOnlySpan<char> word) => Math.Max(_words.Find(word), Unknown);

    /// <summary>The number of a word; <see cref="Unknown"/> where it is not in the vocabulary. Allocates nothing.</summary>
    /// <param name="utf8">The word in UTF-8.</param>
    public int Find(ReadOnlySpan<byte> utf8) => Math.Max(_words.Find(utf8), Unknown);

    /// <summary>Whether a word is in the vocabulary.</summary>
    /// <param name="word">The word as it is written.</param>
    public bool Contains(ReadOnlySpan<char> word) => _words.Find(word) >= 0;

    /// <summary>A token's text in UTF-8.</summary>
    /// <param name="id">Its number.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of this number.</exception>
    public ReadOnlySpan<byte> Utf8(int id) => _words[id];

    /// <summary>The numbers of the words of a text, split at white space, or of its characters where the vocabulary has characters.</summary>
    /// <param name="text">A sentence, without the tokens of its start and end.</param>
    /// <returns>A number for each word; <see cref="Unknown"/> for those outside the vocabulary.</returns>
    public int[] Encode(ReadOnlySpan<char> text)
    {
        List<int> ids = [];
        TokenSplitter tokens = new(text, HasCharacters);
        while (tokens.Next(out ReadOnlySpan<char> token)) ids.Add(Find(token));
        return [.. ids];
    }

    /// <summary>Reads a vocabulary from a text file, a token a line.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">A line is no token or stands there twice.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Vocabulary Load(string path)
    {
        WordTable table = SpecialTokens();
        using StreamReader reader = new(path, new UTF8Encoding(false));
        for (int line = 1; reader.ReadLine() is { } word; line++)
        {
            if (IsSpecial(word)) continue;
            if (Complaint(word, table) is { } complaint) throw new ModelFormatException(path, $"line {line}", complaint);
        }

        if (table.Count == FirstWord) throw new ModelFormatException(path, "the vocabulary", "has no word: give a file of one word a line");
        return new Vocabulary(table);
    }

    /// <summary>Writes the vocabulary to a text file, a token a line.</summary>
    /// <param name="path">The file to create or to replace.</param>
    /// <exception cref="FileSaveException">It could not be saved.</exception>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        for (int id = 0; id < Count; id++)
        {
            stream.Write(_words[id]);
            stream.WriteByte((byte)'\n');
        }
    });

    /// <summary>The vocabulary as bytes for a tensor of a model package: number of tokens, the end of each one's text, and the texts.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[sizeof(int) * (1 + Count) + _words.TotalBytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Count);
        MemoryMarshal.AsBytes(_words.Ends).CopyTo(bytes.AsSpan(sizeof(int)));
        _words.AllBytes.CopyTo(bytes.AsSpan(sizeof(int) * (1 + Count)));
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote. The bytes are copied.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="name">Name of the file or tensor, for messages.</param>
    /// <exception cref="ModelFormatException">The bytes are no vocabulary or are damaged.</exception>
    public static Vocabulary FromBytes(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < sizeof(int)) throw Damaged(name, "is cut off");
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (count < FirstWord || count > MostTokens || (count + 1L) * sizeof(int) > bytes.Length) throw Damaged(name, $"says it has {count} tokens");
        ReadOnlySpan<byte> ends = bytes.Slice(sizeof(int), count * sizeof(int)), text = bytes[((count + 1) * sizeof(int))..];
        WordTable table = new(count);
        int start = 0;
        for (int id = 0; id < count; id++)
        {
            int end = BinaryPrimitives.ReadInt32LittleEndian(ends[(id * sizeof(int))..]);
            if (end <= start || end > text.Length) throw Damaged(name, $"has a token {id} that ends before it starts");
            table.FindOrAdd(text[start..end], out bool added);
            if (!added) throw Damaged(name, $"has the token {id} twice");
            start = end;
        }

        if (start != text.Length) throw Damaged(name, "has bytes that belong to no token");
        if (table.Find("<unk>"u8) != Unknown || table.Find("<s>"u8) != Start || table.Find("</s>"u8) != End)
            throw Damaged(name, "does not begin with <unk>, <s> and </s>");
        return new Vocabulary(table);
    }

    /// <summary>A table of the three special tokens alone.</summary>
    internal static WordTable SpecialTokens(int capacity = 0)
    {
        WordTable table = new(capacity + FirstWord);
        table.FindOrAdd("<unk>"u8, out _);
        table.FindOrAdd("<s>"u8, out _);
        table.FindOrAdd("</s>"u8, out _);
        return table;
    }

    internal static bool IsSpecial(ReadOnlySpan<char> word) => word is UnknownToken or StartToken or EndToken;

    private static WordTable Table(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        WordTable table = SpecialTokens();
        foreach (string word in words)
        {
            if (IsSpecial(word)) continue;
            if (Complaint(word, table) is { } complaint) throw new ArgumentException($"The vocabulary's word \"{word}\" {complaint}.", nameof(words));
        }

        return table;
    }

    /// <summary>Adds a word, or says what is wrong with it.</summary>
    private static string? Complaint(string word, WordTable table)
    {
        if (word.Length == 0) return "is empty";
        if (word.Any(char.IsWhiteSpace)) return "holds white space: give one word a line";
        if (table.Count == MostTokens) return "is one too many: a vocabulary holds at most 16,777,216 tokens";
        table.FindOrAdd(Encoding.UTF8.GetBytes(word), out bool added);
        return added ? null : "stands there twice";
    }

    private bool OnlyCharacters()
    {
        for (int id = FirstWord; id < Count; id++)
        {
            if (id != Space && (Rune.DecodeFromUtf8(_words[id], out _, out int used) != System.Buffers.OperationStatus.Done || used != _words[id].Length))
                return false;
        }

        return true;
    }

    private static ModelFormatException Damaged(string name, string problem) => new(name, "the vocabulary", $"{problem}: the file is damaged, copy it again");
}
