using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace DeepSpeechNet.Language;

/// <summary>
/// Base letters of lower-case Latin letters with diacritics and of ligatures. A table of our own, because a process with
/// invariant globalization has no Unicode decomposition.
/// </summary>
internal static class LatinFolding
{
    private static readonly (string Base, string Letters)[] Table =
    [
        ("'n", "ŉ"),
        ("a", "àáâãäåāăąǎ"),
        ("ae", "æ"),
        ("c", "çćĉċč"),
        ("d", "ðďđ"),
        ("e", "èéêëēĕėęě"),
        ("ff", "ﬀ"),
        ("fi", "ﬁ"),
        ("fl", "ﬂ"),
        ("g", "ĝğġģ"),
        ("h", "ĥħ"),
        ("i", "ìíîïĩīĭįıǐ"),
        ("ij", "ĳ"),
        ("j", "ĵ"),
        ("k", "ķĸ"),
        ("l", "ĺļľŀł"),
        ("n", "ñńņňŋ"),
        ("o", "òóôõöøōŏőǒ"),
        ("oe", "œ"),
        ("r", "ŕŗř"),
        ("s", "śŝşšſ"),
        ("ss", "ß"),
        ("t", "ţťŧ"),
        ("th", "þ"),
        ("u", "ùúûüũūŭůűųǔǖǘǚǜ"),
        ("w", "ŵ"),
        ("y", "ýÿŷ"),
        ("z", "źżž"),
    ];

    private static readonly FrozenDictionary<Rune, string> Bases = Table
        .SelectMany(row => row.Letters.EnumerateRunes().Select(letter => KeyValuePair.Create(letter, row.Base)))
        .ToFrozenDictionary();

    /// <summary>The base letters of a letter with diacritics; upper case keeps its case.</summary>
    public static bool TryFold(Rune letter, [NotNullWhen(true)] out string? folded)
    {
        if (Bases.TryGetValue(letter, out folded)) return true;
        if (!Bases.TryGetValue(Rune.ToLowerInvariant(letter), out string? lower)) return false;
        folded = lower.ToUpperInvariant();
        return true;
    }
}
