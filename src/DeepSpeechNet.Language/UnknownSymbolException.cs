using System.Text;

namespace DeepSpeechNet.Language;

/// <summary>A text holds a symbol that the alphabet lacks.</summary>
public sealed class UnknownSymbolException : Exception
{
    /// <summary>Creates the exception with a message that names the symbol, the text and the alphabet.</summary>
    /// <param name="symbol">The symbol, as it stands in the text.</param>
    /// <param name="text">The whole text; long ones are cut in the message.</param>
    /// <param name="alphabet">The alphabet that lacks the symbol.</param>
    public UnknownSymbolException(string symbol, string text, Alphabet alphabet)
        : base(Explain(symbol, text, alphabet))
    {
        Symbol = symbol;
        Text = text;
    }

    /// <summary>The symbol that the alphabet lacks.</summary>
    public string Symbol { get; }

    /// <summary>The whole text in which it stands.</summary>
    public string Text { get; }

    private static string Explain(string symbol, string text, Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(alphabet);
        string name = Rune.TryGetRuneAt(symbol, 0, out Rune rune) ? Alphabet.Describe(rune) : $"half a surrogate pair (U+{(int)symbol[0]:X4})";
        string quoted = text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
        return $"The alphabet \"{alphabet.Symbols}\" lacks {name}, which stands in \"{quoted}\"; correct the text or add the letter to the alphabet.";
    }
}
