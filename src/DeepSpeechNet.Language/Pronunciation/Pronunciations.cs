using DeepSpeechNet.Language.Correction;

namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>A pronouncing dictionary in the form of CMUdict: a line <c>word PH ON EM ES</c>, stress digits on vowels, further ways as <c>word(2)</c>.</summary>
public sealed class Pronunciations
{
    private readonly Dictionary<string, byte[]> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _phones = [];

    /// <summary>The words.</summary>
    public IReadOnlyCollection<string> Words => _words.Keys;

    /// <summary>The phones, without stress, in the order in which they first occur.</summary>
    public IReadOnlyList<string> Phones => _phones;

    /// <summary>Reads a dictionary. The first way of saying a word counts; words with other characters than a to z and apostrophe are left out.</summary>
    /// <param name="reader">The dictionary.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidDataException">A line has a word without phones, or there are over 200 phones; the message names the line.</exception>
    public static Pronunciations Read(TextReader reader, string name)
    {
        Pronunciations dictionary = new();
        dictionary.Add(reader, name);
        return dictionary;
    }

    /// <summary>Adds the words of another dictionary; those that are here already stay as they are.</summary>
    /// <param name="reader">The dictionary.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>.</exception>
    public void Add(TextReader reader, string name)
    {
        ArgumentNullException.ThrowIfNull(reader);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            int comment = line.IndexOf('#');
            string[] cells = (comment < 0 ? line : line[..comment]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length == 0 || line.StartsWith(";;;", StringComparison.Ordinal))
                continue;
            if (cells.Length == 1)
                throw new InvalidDataException($"{name}: line {number} has a word without phones; a line is a word and its phones with spaces between.");
            string word = cells[0].ToLowerInvariant();
            if (WordList.IsWord(word) && !_words.ContainsKey(word))
                _words.Add(word, Array.ConvertAll(cells[1..], phone => Number(phone, name, number)));
        }
    }

    /// <summary>The phones of a word by their numbers, or null.</summary>
    internal byte[]? Find(ReadOnlySpan<char> word) => _words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out byte[]? phones) ? phones : null;

    private byte Number(string phone, string name, int line)
    {
        string plain = phone.TrimEnd('0', '1', '2');
        if (_numbers.TryGetValue(plain, out byte number))
            return number;
        if (_phones.Count == 200)
            throw new InvalidDataException($"{name}: line {line} has the phone '{plain}', the 201st; this is no pronouncing dictionary of one language.");
        number = (byte)_phones.Count;
        _phones.Add(plain);
        _numbers.Add(plain, number);
        return number;
    }
}
