using System.Globalization;
using System.Text;

namespace DeepSpeechNet.Language;

/// <summary>
/// Brings written text to the symbols of an alphabet: lower case, plain apostrophes, no punctuation, single spaces, none at
/// the ends. What has no counterpart (digits, foreign letters, spoken signs) is reported and never guessed. Idempotent;
/// immutable and safe to share between threads.
/// </summary>
public sealed class TextNormaliser
{
    private static readonly Rune Space = new(' ');
    private static readonly Rune Apostrophe = new('\'');

    private readonly Alphabet _alphabet;
    private readonly TextNormaliserOptions _options;

    /// <summary>Creates a normaliser for an alphabet.</summary>
    /// <param name="alphabet">The symbols that may remain.</param>
    /// <param name="options">What to change; null for the defaults.</param>
    public TextNormaliser(Alphabet alphabet, TextNormaliserOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        _alphabet = alphabet;
        _options = options ?? new TextNormaliserOptions();
    }

    /// <summary>Normalises one text.</summary>
    public NormalisedText Normalise(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder output = new(text.Length);
        List<string>? unmapped = null;
        for (int at = 0; at < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, at, out Rune rune))
            {
                Report(ref unmapped, Rune.ReplacementChar.ToString());
                at++;
                continue;
            }

            at += rune.Utf16SequenceLength;
            if (!TryAppend(output, rune)) Report(ref unmapped, rune.ToString());
        }

        return new NormalisedText(TidyWords(output.ToString()), unmapped ?? (IReadOnlyList<string>)[]);
    }

    private static void Report(ref List<string>? unmapped, string symbol)
    {
        unmapped ??= [];
        if (!unmapped.Contains(symbol)) unmapped.Add(symbol);
    }

    private bool TryAppend(StringBuilder output, Rune rune)
    {
        if (Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control)
        {
            output.Append(' ');
            return true;
        }

        if (_options.LowerCase) rune = Rune.ToLowerInvariant(rune);
        if (_alphabet.Contains(rune))
        {
            output.Append(rune.ToString());
            return true;
        }

        if (rune == Apostrophe || (_options.MapApostrophes && IsApostrophe(rune)))
        {
            // Without an apostrophe in the alphabet "don't" becomes "dont", one word as it is spoken.
            if (_alphabet.Contains(Apostrophe)) output.Append('\'');
            return true;
        }

        if (_options.FoldDiacritics)
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark) return true;
            if (LatinFolding.TryFold(rune, out string? folded) && _alphabet.TryEncode(folded, out _, out _))
            {
                output.Append(folded);
                return true;
            }
        }

        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format) return true;
        if (!_options.StripPunctuation || !Rune.IsPunctuation(rune) || IsSpoken(rune)) return false;
        output.Append(' ');
        return true;
    }

    /// <summary>
    /// Single spaces between words; apostrophes that quote a word or stand alone are taken away, those that belong to a word
    /// ('tis, dogs', o'clock) stay.
    /// </summary>
    private string TidyWords(string text)
    {
        StringBuilder tidy = new(text.Length);
        bool keepsSpaces = _alphabet.Contains(Space);
        foreach (Range range in text.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> word = text.AsSpan(range);
            while (word.Length >= 2 && word[0] == '\'' && word[^1] == '\'') word = word[1..^1];
            if (word.Length == 0 || word is "'") continue;
            if (tidy.Length > 0 && keepsSpaces) tidy.Append(' ');
            tidy.Append(word);
        }

        return tidy.ToString();
    }

    private static bool IsApostrophe(Rune rune) => rune.Value
        is 0x2018 or 0x2019 or 0x201B // single quotation marks
        or 0x02BC or 0x02B9 or 0x02BB or 0x02C8 // modifier letters
        or 0x2032 or 0x0060 or 0x00B4 or 0xFF07; // prime, accents typed as apostrophes, full width

    private static bool IsSpoken(Rune rune) => rune.Value is '&' or '%' or '@' or '#' or '*' or 0x00A7 or 0x2030;
}
