using System.Text;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Neural;

/// <summary>The words of a vocabulary, numbered as in n-gram models; words outside it are <c>&lt;unk&gt;</c>.</summary>
public sealed class WordTokens : LanguageTokens
{
    private static readonly System.Buffers.SearchValues<char> Separators = System.Buffers.SearchValues.Create(" \t");

    /// <summary>The words of a vocabulary.</summary>
    public WordTokens(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = vocabulary;
    }

    /// <summary>The words of text files, the most frequent first.</summary>
    /// <param name="paths">Plain text or gzip.</param>
    /// <param name="minimumCount">Words that occur less often are left out.</param>
    /// <param name="maximumWords">At most so many words.</param>
    /// <exception cref="LanguageTextException">There is no word, or a file cannot be unpacked.</exception>
    public static WordTokens OfText(IEnumerable<string> paths, long minimumCount, int maximumWords)
    {
        ArgumentNullException.ThrowIfNull(paths);
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach ((_, _, string line) in TextLines.Read(paths))
        {
            foreach (Range word in line.AsSpan().SplitAny(Separators))
            {
                if (!line.AsSpan(word).IsEmpty)
                    System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(lookup, line.AsSpan(word), out _)++;
            }
        }

        Vocabulary vocabulary = Vocabulary.FromCounts(counts, minimumCount, maximumWords);
        return vocabulary.Count > Vocabulary.FirstWord
            ? new WordTokens(vocabulary)
            : throw new LanguageTextException($"The text has no word that occurs {minimumCount} times or more: give more text, or a smaller least count.");
    }

    /// <summary>The vocabulary.</summary>
    public Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public override LanguageUnit Unit => LanguageUnit.Words;

    /// <inheritdoc/>
    public override int Count => Vocabulary.Count;

    /// <inheritdoc/>
    public override int End => Vocabulary.End;

    /// <inheritdoc/>
    public override void Encode(string sentence, List<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        ArgumentNullException.ThrowIfNull(tokens);
        foreach (Range word in sentence.AsSpan().SplitAny(Separators))
        {
            if (!sentence.AsSpan(word).IsEmpty)
                tokens.Add(Vocabulary.Find(sentence.AsSpan(word)));
        }
    }

    /// <inheritdoc/>
    public override int[] UnknownLetters(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        List<int> letters = [];
        foreach (Range word in sentence.AsSpan().SplitAny(Separators))
        {
            if (!sentence.AsSpan(word).IsEmpty)
                letters.Add(Vocabulary.Find(sentence.AsSpan(word)) == Vocabulary.Unknown ? sentence.AsSpan(word).Length : 0);
        }

        return [.. letters];
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens)
    {
        StringBuilder text = new();
        bool start = true;
        foreach (int token in tokens)
        {
            if (token == End)
            {
                text.Append('\n');
                start = true;
                continue;
            }

            text.Append(start ? "" : " ").Append(Vocabulary[token]);
            start = false;
        }

        return text.ToString();
    }
}
