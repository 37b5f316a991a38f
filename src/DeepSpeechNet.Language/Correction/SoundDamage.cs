using System.Text;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Correction;

/// <summary>How words are damaged.</summary>
public sealed record SoundDamageOptions
{
    /// <summary>The share of words that are damaged. Default 0.3.</summary>
    public double WordRate { get; init; } = 0.3;

    /// <summary>In a damaged word, the share of phones written as another word would write them. Default 0.3.</summary>
    public double Respelling { get; init; } = 0.3;

    /// <summary>In a damaged word, the share of phones heard as a like one. Default 0.07.</summary>
    public double Confusion { get; init; } = 0.07;

    /// <summary>In a damaged word, the share of phones not heard; three times as much beside another consonant or for the neutral vowel. Default 0.04.</summary>
    public double Loss { get; init; } = 0.04;

    /// <summary>How many times as often phones are lost in the most frequent words, which are said with the least care. Default 3.</summary>
    public double Reduction { get; init; } = 3;

    /// <summary>The share of damaged words that lose the space after them. Default 0.08.</summary>
    public double LostSpace { get; init; } = 0.08;

    /// <summary>The share of damaged words of six letters or more that fall in two. Default 0.04.</summary>
    public double AddedSpace { get; init; } = 0.04;
}

/// <summary>
/// Damages words the way the output of a speech recogniser without a language model is: written by their sound, with like sounds confused, sounds lost, spaces
/// lost and put in. Words without a pronunciation get one slip of a letter. Not thread-safe.
/// </summary>
public sealed class SoundDamage
{
    private static readonly Dictionary<string, string[]> Alike = new(StringComparer.Ordinal)
    {
        ["IY"] = ["IH"],
        ["IH"] = ["IY", "EH", "AH"],
        ["EH"] = ["IH", "AE", "AH"],
        ["AE"] = ["EH", "AA"],
        ["AH"] = ["IH", "EH", "AA", "UH"],
        ["AA"] = ["AO", "AH"],
        ["AO"] = ["AA", "OW"],
        ["UH"] = ["UW", "AH"],
        ["UW"] = ["UH"],
        ["EY"] = ["EH", "IY"],
        ["OW"] = ["AO", "UH"],
        ["AY"] = ["AA", "EY"],
        ["AW"] = ["AA", "OW"],
        ["OY"] = ["AO"],
        ["ER"] = ["AH"],
        ["P"] = ["B"],
        ["B"] = ["P", "V"],
        ["T"] = ["D"],
        ["D"] = ["T"],
        ["K"] = ["G"],
        ["G"] = ["K"],
        ["F"] = ["V", "TH"],
        ["V"] = ["F", "B"],
        ["S"] = ["Z"],
        ["Z"] = ["S"],
        ["SH"] = ["CH", "S"],
        ["CH"] = ["SH", "T"],
        ["TH"] = ["F", "T"],
        ["DH"] = ["TH", "D"],
        ["JH"] = ["CH", "D"],
        ["ZH"] = ["SH"],
        ["M"] = ["N"],
        ["N"] = ["M"],
        ["NG"] = ["N"],
        ["L"] = ["W"],
        ["R"] = ["W"],
        ["W"] = ["V"],
    };

    private const int Careless = 150;

    private readonly Pronunciations _dictionary;
    private readonly SoundSpelling _spelling;
    private readonly SoundDamageOptions _options;
    private readonly int[][] _alike;
    private readonly bool[] _vowel;
    private readonly int _neutral;
    private readonly HashSet<string> _careless;

    /// <summary>Damage by a pronouncing dictionary.</summary>
    /// <param name="dictionary">The dictionary, with the phones of CMUdict.</param>
    /// <param name="words">The words from which to learn how sounds are written, the most frequent first; the first 150 are said with less care.</param>
    /// <param name="options">How much to damage; null for the defaults.</param>
    public SoundDamage(Pronunciations dictionary, IEnumerable<string> words, SoundDamageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(words);
        string[] known = [.. words];
        _dictionary = dictionary;
        _options = options ?? new SoundDamageOptions();
        _spelling = new SoundSpelling(dictionary, known);
        _careless = [.. known.Take(Careless)];
        List<string> phones = [.. dictionary.Phones];
        _alike = [.. phones.Select(p => Alike.GetValueOrDefault(p, []).Select(like => phones.IndexOf(like)).Where(i => i >= 0).ToArray())];
        _vowel = [.. phones.Select(p => p[0] is 'A' or 'E' or 'I' or 'O' or 'U')];
        _neutral = phones.IndexOf("AH");
    }

    /// <summary>Damages a text of words between single spaces.</summary>
    /// <param name="text">The text.</param>
    /// <param name="random">Decides what is damaged, and how.</param>
    public string Damage(string text, Random random)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(random);
        StringBuilder damaged = new(text.Length);
        string[] words = text.Split(' ');
        for (int i = 0; i < words.Length; i++)
        {
            bool hit = random.NextDouble() < _options.WordRate;
            damaged.Append(hit ? Word(words[i], random) : words[i]);
            if (i < words.Length - 1 && !(hit && random.NextDouble() < _options.LostSpace))
                damaged.Append(' ');
        }

        return damaged.ToString();
    }

    private string Word(string word, Random random)
    {
        string damaged = word;
        for (int attempt = 0; attempt < 4 && damaged == word; attempt++)
        {
            damaged = _spelling.Divide(word) is { } division ? Sound(_dictionary.Find(word)!, division, _careless.Contains(word) ? _options.Reduction * _options.Loss : _options.Loss, random) : Slip(word, random);
            if (damaged.Trim('\'', ' ').Length == 0)
                damaged = word;
        }

        return damaged;
    }

    private string Sound(byte[] phones, int[] division, double rate, Random random)
    {
        StringBuilder word = new();
        int fall = phones.Length >= 5 && random.NextDouble() < _options.AddedSpace ? random.Next(2, phones.Length - 1) : -1;
        for (int i = 0; i < phones.Length; i++)
        {
            if (i == fall && word.Length > 0)
                word.Append(' ');
            bool cluster = !_vowel[phones[i]] && ((i > 0 && !_vowel[phones[i - 1]]) || (i < phones.Length - 1 && !_vowel[phones[i + 1]]));
            double loss = rate * (cluster || phones[i] == _neutral ? 3 : 1);
            double u = random.NextDouble();
            if ((u -= loss) < 0)
                continue;
            int letters = division[i];
            if ((u -= _options.Confusion) < 0 && _alike[phones[i]].Length > 0)
                letters = _spelling.Draw(_alike[phones[i]][random.Next(_alike[phones[i]].Length)], i, phones.Length, random);
            else if (u - _options.Respelling < 0)
                letters = _spelling.Draw(phones[i], i, phones.Length, random);
            word.Append(letters == 0 ? "" : ChannelLetters.Text(letters));
        }

        return word.ToString();
    }

    private static string Slip(string word, Random random)
    {
        int at = random.Next(word.Length);
        char letter = (char)('a' + random.Next(26));
        return random.Next(3) switch
        {
            0 => word.Remove(at, 1),
            1 => word.Insert(at, letter.ToString()),
            _ => string.Concat(word.AsSpan(0, at), letter.ToString(), word.AsSpan(at + 1)),
        };
    }
}
