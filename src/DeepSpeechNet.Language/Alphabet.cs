using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Serialization;

namespace DeepSpeechNet.Language;

/// <summary>
/// The ordered symbols that an acoustic network writes. Symbol i is class i of the network's output; the CTC blank is the
/// last class, after all symbols. A symbol is a Unicode scalar value (<see cref="Rune"/>), so letters outside the basic
/// plane count as one. Immutable and safe to share between threads; in JSON it is one string of symbols.
/// </summary>
[JsonConverter(typeof(AlphabetJsonConverter))]
public sealed class Alphabet : IEquatable<Alphabet>
{
    private readonly Rune[] _symbols;
    private readonly int[] _ascii = new int[128];
    private readonly Dictionary<int, int>? _others;

    /// <summary>Creates an alphabet from its symbols in class order.</summary>
    /// <param name="symbols">Each symbol once, one after the other, without separators.</param>
    /// <exception cref="ArgumentException">There is no symbol, a symbol stands twice, or the string is not valid UTF-16.</exception>
    public Alphabet(string symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        if (symbols.Length == 0)
            throw new ArgumentException("An alphabet needs at least one symbol; the given string is empty.", nameof(symbols));

        Array.Fill(_ascii, -1);
        Rune[] runes = new Rune[symbols.Length];
        int count = 0;
        for (int at = 0; at < symbols.Length;)
        {
            if (!Rune.TryGetRuneAt(symbols, at, out Rune rune))
                throw new ArgumentException($"The alphabet is not valid text: half a surrogate pair at position {at}.", nameof(symbols));
            if (IndexOf(rune) >= 0)
                throw new ArgumentException($"The alphabet names the symbol {Describe(rune)} twice; each symbol may stand once.", nameof(symbols));
            if (rune.IsAscii)
                _ascii[rune.Value] = count;
            else
                (_others ??= []).Add(rune.Value, count);
            runes[count++] = rune;
            at += rune.Utf16SequenceLength;
        }

        Symbols = symbols;
        _symbols = runes[..count];
        SpaceIndex = IndexOf(new Rune(' '));
    }

    /// <summary>Space, a to z, apostrophe: 28 symbols, so 29 classes with the blank.</summary>
    public static Alphabet English { get; } = new(" abcdefghijklmnopqrstuvwxyz'");

    /// <summary>All symbols in class order: what the constructor takes and a model file stores.</summary>
    public string Symbols { get; }

    /// <summary>The number of symbols, without the blank.</summary>
    public int Size => _symbols.Length;

    /// <summary>The class of the CTC blank: the last one, equal to <see cref="Size"/>.</summary>
    public int BlankIndex => _symbols.Length;

    /// <summary>The number of classes of a network over this alphabet: <see cref="Size"/> + 1.</summary>
    public int ClassCount => _symbols.Length + 1;

    /// <summary>The class of the space that separates words, or -1 when the alphabet has none.</summary>
    public int SpaceIndex { get; }

    /// <summary>The symbol of class <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative, the blank's, or beyond.</exception>
    public Rune this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _symbols.Length);
            return _symbols[index];
        }
    }

    /// <summary>The class of a symbol, or -1 when the alphabet lacks it.</summary>
    public int IndexOf(Rune symbol) =>
        symbol.IsAscii ? _ascii[symbol.Value] : _others is not null && _others.TryGetValue(symbol.Value, out int index) ? index : -1;

    /// <summary>Whether the alphabet has the symbol.</summary>
    public bool Contains(Rune symbol) => IndexOf(symbol) >= 0;

    /// <summary>Turns text into labels, one per Unicode scalar value.</summary>
    /// <param name="text">The text, already normalised (see <see cref="TextNormaliser"/>).</param>
    /// <param name="labels">The labels when all symbols are known.</param>
    /// <param name="offending">Otherwise the first symbol that the alphabet lacks.</param>
    /// <returns>Whether every symbol of the text is in the alphabet.</returns>
    public bool TryEncode(string text, [NotNullWhen(true)] out int[]? labels, [NotNullWhen(false)] out string? offending)
    {
        ArgumentNullException.ThrowIfNull(text);
        int[] result = new int[text.Length];
        int count = 0;
        for (int at = 0; at < text.Length;)
        {
            bool valid = Rune.TryGetRuneAt(text, at, out Rune rune);
            int index = valid ? IndexOf(rune) : -1;
            if (index < 0)
            {
                labels = null;
                offending = valid ? rune.ToString() : text.Substring(at, 1);
                return false;
            }

            result[count++] = index;
            at += rune.Utf16SequenceLength;
        }

        labels = count == result.Length ? result : result[..count];
        offending = null;
        return true;
    }

    /// <summary>Turns text into labels, one per Unicode scalar value.</summary>
    /// <exception cref="UnknownSymbolException">The text holds a symbol that the alphabet lacks; the message names it.</exception>
    public int[] Encode(string text) =>
        TryEncode(text, out int[]? labels, out string? offending) ? labels : throw new UnknownSymbolException(offending, text, this);

    /// <summary>Turns labels back into text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a symbol's class (the blank is none).</exception>
    public string Decode(ReadOnlySpan<int> labels)
    {
        StringBuilder text = new(labels.Length);
        Span<char> units = stackalloc char[2];
        foreach (int label in labels)
            text.Append(units[..this[label].EncodeToUtf16(units)]);
        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(Alphabet? other) => other is not null && string.Equals(Symbols, other.Symbols, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Alphabet);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Symbols);

    /// <summary>The symbols in class order.</summary>
    public override string ToString() => Symbols;

    /// <summary>A symbol with its code point, as messages name it: <c>'é' (U+00E9)</c>.</summary>
    internal static string Describe(Rune rune) => $"'{rune}' (U+{rune.Value:X4})";
}
