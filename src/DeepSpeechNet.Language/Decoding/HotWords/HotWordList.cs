using System.Globalization;
using System.Text;

namespace DeepSpeechNet.Language.Decoding.HotWords;

/// <summary>
/// Phrases that recognition is to favour, read from text of one phrase a line: <c>phrase TAB weight</c>. Empty lines and lines
/// that begin with <c>#</c> are passed over. Phrases are normalised like any text (capitals become small letters). A phrase that
/// comes twice has the weight of its last line. Immutable and safe to share between threads.
/// </summary>
public sealed class HotWordList : IHotWords
{
    /// <summary>The most phrases of a list.</summary>
    public const int MostPhrases = 10_000;

    /// <summary>The most letters of all phrases together.</summary>
    public const int MostLetters = 250_000;

    /// <summary>The longest phrase, in symbols.</summary>
    public const int LongestPhrase = 200;

    /// <summary>The highest weight, in nats.</summary>
    public const double HighestWeight = 1000;

    /// <summary>The longest text of a list, in bytes.</summary>
    public const int LongestText = 8 << 20;

    private HotWordList(Alphabet alphabet, List<HotWord> phrases)
    {
        Alphabet = alphabet;
        Phrases = phrases;
        Words = [.. phrases.SelectMany(p => p.Phrase.Split(' ')).Distinct(StringComparer.Ordinal)];
        Automaton = new HotWordAutomaton(alphabet, phrases);
    }

    /// <summary>The alphabet that the phrases are written in.</summary>
    public Alphabet Alphabet { get; }

    /// <summary>The phrases.</summary>
    public IReadOnlyList<HotWord> Phrases { get; }

    /// <summary>The words of all phrases, each once.</summary>
    public IReadOnlyList<string> Words { get; }

    HotWordList IHotWords.Current => this;

    internal HotWordAutomaton Automaton { get; }

    /// <summary>Reads a list from a file in UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <exception cref="HotWordException">The file is not there, cannot be read, is no text or holds no list; the message names the line.</exception>
    public static HotWordList Load(string path, Alphabet alphabet)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > LongestText) throw TooLong(path);
            byte[] bytes = new byte[LongestText + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Parse(bytes.AsSpan(0, length), path, alphabet);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new HotWordException($"There is no file of hot words at {path}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HotWordException($"{path}: the hot words cannot be read ({e.Message})", e);
        }
    }

    /// <summary>Reads a list from the bytes of a file in UTF-8.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="name">The name for messages.</param>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <exception cref="HotWordException">The text is no list of hot words; the message names the line.</exception>
    public static HotWordList Parse(ReadOnlySpan<byte> utf8, string name, Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        if (utf8.Length > LongestText) throw TooLong(name);
        if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new HotWordException($"{name} is not text in UTF-8; save the hot words as UTF-8.", e);
        }

        TextNormaliser normaliser = new(alphabet);
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        List<HotWord> phrases = [];
        int number = 0, letters = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = raw.Trim(' ');
            if (line.IsWhiteSpace() || line[0] == '#') continue;
            HotWord phrase = ParseLine(line, $"{name} line {number}", normaliser, alphabet);
            if (places.TryGetValue(phrase.Phrase, out int place))
            {
                phrases[place] = phrase;
                continue;
            }

            if (phrases.Count == MostPhrases) throw new HotWordException($"{name} line {number}: a list of hot words holds at most {MostPhrases} phrases.");
            letters += phrase.Phrase.Length;
            if (letters > MostLetters) throw new HotWordException($"{name} line {number}: a list of hot words holds at most {MostLetters} letters in all.");
            places.Add(phrase.Phrase, phrases.Count);
            phrases.Add(phrase);
        }

        return phrases.Count > 0
            ? new HotWordList(alphabet, phrases)
            : throw new HotWordException($"{name} holds no hot words; write one phrase a line, then a tab and its weight.");
    }

    private static HotWord ParseLine(ReadOnlySpan<char> line, string where, TextNormaliser normaliser, Alphabet alphabet)
    {
        int tab = line.LastIndexOf('\t');
        if (tab < 0) throw new HotWordException($"{where} has no tab; write the phrase, a tab and its weight, as in \"narendra modi<TAB>8\".");
        string given = line[..tab].Trim().ToString(), number = line[(tab + 1)..].Trim().ToString();
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight))
            throw new HotWordException($"{where}: the weight \"{Short(number)}\" is no number; write one such as 8.");
        if (!(weight > 0 && weight <= HighestWeight))
            throw new HotWordException($"{where}: the weight {number} must be above 0 and at most {HighestWeight}.");
        NormalisedText phrase = normaliser.Normalise(given);
        if (!phrase.IsComplete)
            throw new HotWordException($"{where}: the phrase \"{Short(given)}\" has {string.Join(", ", phrase.Unmapped.Take(3).Select(u => $"'{u}'"))}, which the model's alphabet lacks; write it in the letters \"{alphabet.Symbols.Trim()}\".");
        if (phrase.Text.Length == 0) throw new HotWordException($"{where} has no letter before the tab; write the phrase, a tab and its weight.");
        if (phrase.Text.Length > LongestPhrase) throw new HotWordException($"{where}: the phrase is longer than {LongestPhrase} letters.");
        return new HotWord(phrase.Text, weight);
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static HotWordException TooLong(string name) => new($"{name} is longer than {LongestText >> 20} MiB; a list of hot words holds at most {MostPhrases} phrases.");
}
