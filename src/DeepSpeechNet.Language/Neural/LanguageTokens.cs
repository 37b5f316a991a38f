using System.Text;

namespace DeepSpeechNet.Language.Neural;

/// <summary>What a language model counts as one symbol, under numbers from 0: the symbols of an alphabet, or the words of a vocabulary. Immutable and thread-safe.</summary>
public abstract class LanguageTokens
{
    /// <summary>Characters or words.</summary>
    public abstract LanguageUnit Unit { get; }

    /// <summary>V: how many there are, the end of a sentence among them.</summary>
    public abstract int Count { get; }

    /// <summary>The number of the end of a sentence.</summary>
    public abstract int End { get; }

    /// <summary>Appends the numbers of one sentence's symbols, without its end.</summary>
    /// <exception cref="UnknownSymbolException">A symbol is not in the alphabet.</exception>
    public abstract void Encode(string sentence, List<int> tokens);

    /// <summary>The numbers of one sentence's symbols, without its end.</summary>
    /// <exception cref="UnknownSymbolException">A symbol is not in the alphabet.</exception>
    public int[] Encode(string sentence)
    {
        List<int> tokens = [];
        Encode(sentence, tokens);
        return [.. tokens];
    }

    /// <summary>For each symbol of a sentence how many letters the word has that it stands for, where it is the unknown word; 0 for all others. Nothing where no word is unknown.</summary>
    public virtual int[] UnknownLetters(string sentence) => [];

    /// <summary>Whether others count the same symbols under the same numbers.</summary>
    public bool Matches(LanguageTokens others)
    {
        ArgumentNullException.ThrowIfNull(others);
        if (others.Unit != Unit || others.Count != Count || others.End != End)
            return false;
        for (int token = 0; token < Count; token++)
        {
            if (Decode([token]) != others.Decode([token]))
                return false;
        }

        return true;
    }

    /// <summary>The text of numbers; the end of a sentence is a line's end.</summary>
    public abstract string Decode(ReadOnlySpan<int> tokens);
}

/// <summary>
/// The characters of an alphabet, numbered as the classes of an acoustic network over it; where that has its blank, behind the last symbol, stands the end of
/// the sentence.
/// </summary>
public sealed class CharacterTokens : LanguageTokens
{
    /// <summary>The symbols of an alphabet.</summary>
    public CharacterTokens(Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        Alphabet = alphabet;
    }

    /// <summary>The alphabet.</summary>
    public Alphabet Alphabet { get; }

    /// <inheritdoc/>
    public override LanguageUnit Unit => LanguageUnit.Characters;

    /// <inheritdoc/>
    public override int Count => Alphabet.Size + 1;

    /// <inheritdoc/>
    public override int End => Alphabet.Size;

    /// <inheritdoc/>
    public override void Encode(string sentence, List<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        ArgumentNullException.ThrowIfNull(tokens);
        foreach (Rune rune in sentence.EnumerateRunes())
        {
            int index = Alphabet.IndexOf(rune);
            if (index < 0)
                throw new UnknownSymbolException(rune.ToString(), sentence, Alphabet);
            tokens.Add(index);
        }
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens)
    {
        StringBuilder text = new(tokens.Length);
        foreach (int token in tokens)
            text.Append(token == End ? "\n" : Alphabet[token].ToString());
        return text.ToString();
    }
}
