using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Reads back-off models from ARPA files, also packed by gzip, as SRILM, KenLM, MITLM and others write them: fields between tabs or
/// spaces, missing back-off weights, blank lines anywhere, a text before <c>\data\</c>, <c>-99</c> or <c>-inf</c> for probabilities of 0,
/// special tokens that are missing or in another case, n-grams in any order, and n-grams whose context is not listed.
/// </summary>
internal sealed class ArpaReader
{
    private const double Ln10 = 2.302585092994045684, NeverLog10 = -99, UnknownLog10 = -100, LeastLog10 = -1000, RoundingLog10 = 1e-3;

    private readonly string _name;
    private readonly Utf8Lines _lines;
    private readonly WordTable _words = Vocabulary.SpecialTokens();
    private readonly List<long> _counts = [];
    private readonly List<NGramLevel> _levels = [];
    private readonly List<GrowingArray<float>> _probabilities = [new(64)];
    private readonly List<GrowingArray<float>> _backoffs = [new(64)];

    // For each length, the n-grams that no line lists but a longer one needs as its context.
    private readonly List<List<int>> _implied = [];

    private ArpaReader(Stream stream, string name)
    {
        _name = name;
        _lines = new Utf8Lines(stream, name);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="stream">A stream that can be sought in.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="ModelFormatException">A line is wrong.</exception>
    public static NGramTables Read(Stream stream, string name)
    {
        Span<byte> head = stackalloc byte[2];
        int read = stream.ReadAtLeast(head, 2, throwOnEndOfStream: false);
        stream.Position -= read;
        if (read == 0) throw new ModelFormatException(name, "the file", "is empty: give an n-gram model, in ARPA or this program's binary form");
        if (head is not [0x1F, 0x8B]) return new ArpaReader(stream, name).Read();
        try
        {
            using GZipStream unpacked = new(stream, CompressionMode.Decompress, leaveOpen: true);
            return new ArpaReader(unpacked, name).Read();
        }
        catch (InvalidDataException e)
        {
            throw new ModelFormatException(name, "the gzip file", "is damaged: copy it again", e);
        }
    }

    private NGramTables Read()
    {
        ReadCounts();
        for (int length = 1; length <= _counts.Count; length++) ReadSection(length);
        ReadEnd();
        ImplyProbabilities();
        return Tables();
    }

    /// <summary>The part between <c>\data\</c> and the heading of the first section.</summary>
    private void ReadCounts()
    {
        ReadOnlySpan<byte> line;
        do
        {
            if (!_lines.Next(out line))
                throw new ModelFormatException(_name, "the file", "has no line \\data\\: it is no n-gram model in ARPA or this program's binary form");
        }
        while (!Trim(line).SequenceEqual("\\data\\"u8));

        while (true)
        {
            line = NextFilled("the counts of n-grams");
            if (line[0] == '\\') break;
            if (!ParseCount(line, out long length, out long count))
                throw Wrong($"\"{Quote(line)}\" is no count of n-grams such as \"ngram 1=5000\"");
            if (length != _counts.Count + 1) throw Wrong($"counts {length}-grams, where the count of {_counts.Count + 1}-grams is due");
            if (length > NGramModel.MaximumOrder) throw Wrong($"counts {length}-grams, but at most {NGramModel.MaximumOrder}-grams can be used");
            _counts.Add(count);
        }

        if (_counts.Count == 0) throw Wrong("begins the n-grams, but \\data\\ gave no count such as \"ngram 1=5000\"");
        CheckHeading(line, 1);
    }

    private void ReadSection(int length)
    {
        if (length > 1)
        {
            _levels.Add(new NGramLevel());
            _probabilities.Add(new GrowingArray<float>(64));
            _backoffs.Add(new GrowingArray<float>(64));
        }

        _implied.Add([]);
        if (length == 1)
        {
            for (int id = 0; id < Vocabulary.FirstWord; id++) Place(1, id, (float)((id == 0 ? UnknownLog10 : NeverLog10) * Ln10), 0);
        }

        long listed = 0;
        Span<bool> seen = [false, false, false];
        while (true)
        {
            ReadOnlySpan<byte> line = NextFilled($"the {length}-grams");
            if (line[0] == '\\' && (line.EndsWith("-grams:"u8) || line.SequenceEqual("\\end\\"u8)))
            {
                if (listed != _counts[length - 1])
                    throw Wrong($"ends the {length}-grams after {listed}, but \\data\\ says that there are {_counts[length - 1]}");
                if (length < _counts.Count) CheckHeading(line, length + 1);
                else if (!line.SequenceEqual("\\end\\"u8)) throw Wrong($"\"{Quote(line)}\" stands where \\end\\ is due");
                return;
            }

            if (++listed > _counts[length - 1]) throw Wrong($"is one {length}-gram more than the {_counts[length - 1]} that \\data\\ says");
            ReadNGram(line, length, seen);
        }
    }

    private void ReadNGram(ReadOnlySpan<byte> line, int length, Span<bool> seen)
    {
        double probability = ParseProbability(Field(ref line));
        int parent = -1, word = -1;
        for (int k = 1; k <= length; k++)
        {
            ReadOnlySpan<byte> token = Field(ref line);
            if (token.IsEmpty) throw Wrong($"has {k - 1} words, where {length} are due");
            if (length == 1)
            {
                parent = AddWord(token, seen);
                break;
            }

            word = _words.Find(token) is var found and >= 0 ? found : _words.Find(Special(token));
            if (word < 0) throw Wrong($"has the word \"{Quote(token)}\", which is not among the 1-grams");
            if (k == 1) parent = word;
            else if (k < length) parent = Context(k, parent, word);
        }

        ReadOnlySpan<byte> weight = Field(ref line);
        double backoff = weight.IsEmpty ? 0 : ParseBackoff(weight);
        if (!Field(ref line).IsEmpty) throw Wrong($"has more fields than a probability, {length} words and a back-off weight");
        int index = parent;
        if (length > 1)
        {
            index = _levels[length - 2].FindOrAdd(parent, word, out bool added);
            if (!added) throw Wrong("is an n-gram that an earlier line has already");
        }

        Place(length, index, (float)(probability * Ln10), (float)(backoff * Ln10));
    }

    /// <summary>The number of a new word; those that stand for the special tokens keep their own.</summary>
    private int AddWord(ReadOnlySpan<byte> token, Span<bool> seen)
    {
        if (_words.Count == Vocabulary.MostTokens) throw Wrong("is one word more than the 16,777,216 that a model can have");
        ReadOnlySpan<byte> special = Special(token);
        if (_words.Find(special) is var known and >= 0 and < Vocabulary.FirstWord && !seen[known]) token = special;
        int id = _words.FindOrAdd(token, out bool added);
        if (added) return id;
        if (id >= Vocabulary.FirstWord || seen[id]) throw Wrong($"has the word \"{Quote(token)}\", which an earlier line has already");
        seen[id] = true;
        return id;
    }

    /// <summary>The context of an n-gram, which is noted where no line lists it.</summary>
    private int Context(int length, int parent, int word)
    {
        int index = _levels[length - 2].FindOrAdd(parent, word, out bool added);
        if (added)
        {
            _implied[length - 1].Add(index);
            Place(length, index, 0, 0);
        }

        return index;
    }

    private void Place(int length, int index, float probability, float backoff)
    {
        _probabilities[length - 1].Set(index, probability);
        _backoffs[length - 1].Set(index, backoff);
    }

    /// <summary>After the last n-gram nothing but blank lines is read.</summary>
    private void ReadEnd()
    {
        while (_lines.Next(out ReadOnlySpan<byte> line))
        {
            if (!Trim(line).IsEmpty) throw Wrong($"\"{Quote(line)}\" stands behind \\end\\");
        }
    }

    /// <summary>An n-gram that no line lists has the probability that backing off gives.</summary>
    private void ImplyProbabilities()
    {
        NGramTables tables = Tables();
        int[] words = new int[_counts.Count];
        for (int length = 2; length <= _counts.Count; length++)
        {
            foreach (int index in _implied[length - 1])
            {
                tables.Words(length, index, words);
                double context = tables.Backoffs[length - 2][_levels[length - 2].Parents[index]];
                tables.LogProbabilities[length - 1][index] = (float)Math.Min(0, context + tables.LogProbability(words.AsSpan(1, length - 1)));
            }
        }
    }

    private NGramTables Tables()
    {
        if (_words.Count == Vocabulary.FirstWord) throw new ModelFormatException(_name, "the 1-grams", "have no word: the vocabulary is empty");
        return new NGramTables(new Vocabulary(_words), [.. _levels], [.. _probabilities.Select(p => p.Values)], [.. _backoffs.Take(_counts.Count - 1).Select(b => b.Values)]);
    }

    private double ParseProbability(ReadOnlySpan<byte> field)
    {
        if (EqualsIgnoringCase(field, "-inf"u8) || EqualsIgnoringCase(field, "-infinity"u8)) return NeverLog10;
        if (!Utf8Parser.TryParse(field, out double value, out int used) || used != field.Length || !double.IsFinite(value))
            throw Wrong($"begins with \"{Quote(field)}\", which is no logarithm of a probability");
        if (value > RoundingLog10) throw Wrong($"has the probability logarithm {Quote(field)}, which is above 0");
        return Math.Clamp(value, LeastLog10, 0);
    }

    private double ParseBackoff(ReadOnlySpan<byte> field)
    {
        if (EqualsIgnoringCase(field, "-inf"u8) || EqualsIgnoringCase(field, "-infinity"u8)) return NeverLog10;
        if (!Utf8Parser.TryParse(field, out double value, out int used) || used != field.Length || !double.IsFinite(value))
            throw Wrong($"ends with \"{Quote(field)}\", which is no logarithm of a back-off weight");
        return Math.Clamp(value, LeastLog10, -LeastLog10);
    }

    private static bool ParseCount(ReadOnlySpan<byte> line, out long length, out long count)
    {
        length = count = 0;
        if (!line.StartsWith("ngram"u8)) return false;
        ReadOnlySpan<byte> rest = Trim(line[5..]);
        if (!Utf8Parser.TryParse(rest, out length, out int used)) return false;
        rest = Trim(rest[used..]);
        if (rest.IsEmpty || rest[0] != '=') return false;
        rest = Trim(rest[1..]);
        return Utf8Parser.TryParse(rest, out count, out used) && used == rest.Length && count >= 0;
    }

    private void CheckHeading(ReadOnlySpan<byte> line, int length)
    {
        if (!line.SequenceEqual(Encoding.ASCII.GetBytes($"\\{length}-grams:"))) throw Wrong($"\"{Quote(line)}\" stands where \\{length}-grams: is due");
    }

    private ReadOnlySpan<byte> NextFilled(string within)
    {
        while (_lines.Next(out ReadOnlySpan<byte> line))
        {
            line = Trim(line);
            if (!line.IsEmpty) return line;
        }

        throw new ModelFormatException(_name, $"line {_lines.Line}", $"is the last, but {within} are not ended by another section or \\end\\: the file is cut off, copy it again");
    }

    /// <summary>How this program writes a special token that stands there in another case.</summary>
    private static ReadOnlySpan<byte> Special(ReadOnlySpan<byte> token) =>
        EqualsIgnoringCase(token, "<unk>"u8) ? "<unk>"u8 : EqualsIgnoringCase(token, "<s>"u8) ? "<s>"u8 : EqualsIgnoringCase(token, "</s>"u8) ? "</s>"u8 : token;

    private static bool EqualsIgnoringCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => Ascii.EqualsIgnoreCase(a, b);

    private static ReadOnlySpan<byte> Field(ref ReadOnlySpan<byte> line)
    {
        line = line.TrimStart(" \t"u8);
        int end = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> field = end < 0 ? line : line[..end];
        line = line[field.Length..];
        return field;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line) => line.Trim(" \t\r\v\f"u8);

    private static string Quote(ReadOnlySpan<byte> text)
    {
        string quoted = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]);
        return text.Length > 40 ? quoted + "..." : quoted;
    }

    private ModelFormatException Wrong(string problem) => new(_name, $"line {_lines.Line}", problem);
}
