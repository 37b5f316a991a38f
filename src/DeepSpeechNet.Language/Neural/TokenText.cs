using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// A text as the numbers of its symbols, sentence after sentence, each closed by the end symbol; one byte a symbol where there are few, two or four
/// otherwise. Not thread-safe while it grows.
/// </summary>
public sealed class TokenText
{
    private readonly int _width;
    private byte[] _bytes;
    private ushort[] _shorts;
    private int[] _integers;

    private TokenText(LanguageTokens tokens)
    {
        Tokens = tokens;
        _width = tokens.Count <= 256 ? 1 : tokens.Count <= 65536 ? 2 : 4;
        _bytes = _width == 1 ? new byte[1 << 16] : [];
        _shorts = _width == 2 ? new ushort[1 << 16] : [];
        _integers = _width == 4 ? new int[1 << 16] : [];
    }

    /// <summary>What a symbol is.</summary>
    public LanguageTokens Tokens { get; }

    /// <summary>How many symbols there are, ends of sentences included.</summary>
    public int Count { get; private set; }

    /// <summary>How many sentences there are.</summary>
    public int Sentences { get; private set; }

    /// <summary>Symbol number <paramref name="index"/>.</summary>
    public int this[int index] => (uint)index >= (uint)Count ? throw new ArgumentOutOfRangeException(nameof(index))
        : _width == 1 ? _bytes[index] : _width == 2 ? _shorts[index] : _integers[index];

    /// <summary>Reads text files, a sentence a line; empty lines are passed over.</summary>
    /// <param name="paths">Plain text or gzip.</param>
    /// <param name="tokens">What a symbol is.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="LanguageTextException">A symbol is outside the alphabet, there is no text, or a file is packed otherwise.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static TokenText Read(IReadOnlyList<string> paths, LanguageTokens tokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(tokens);
        TokenText text = new(tokens);
        List<int> sentence = [];
        foreach ((string path, int number, string line) in TextLines.Read(paths))
        {
            cancellationToken.ThrowIfCancellationRequested();
            sentence.Clear();
            try
            {
                tokens.Encode(line.Trim(), sentence);
            }
            catch (UnknownSymbolException e)
            {
                throw new LanguageTextException($"{path}, line {number}: {e.Message} Normalise the text first, or choose an alphabet that has it.", e);
            }

            text.AddSentence(sentence);
        }

        return text.Count > 0 ? text : throw new LanguageTextException($"There is no text in {string.Join(", ", paths)}: give files with a sentence a line.");
    }

    /// <summary>A text of given sentences.</summary>
    public static TokenText Of(LanguageTokens tokens, IEnumerable<string> sentences)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(sentences);
        TokenText text = new(tokens);
        List<int> sentence = [];
        foreach (string line in sentences)
        {
            sentence.Clear();
            tokens.Encode(line, sentence);
            text.AddSentence(sentence);
        }

        return text;
    }

    /// <summary>Divides the text after the sentence with which a part of all sentences is reached.</summary>
    /// <param name="part">The first text's part of the sentences, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">One of the two would be empty.</exception>
    public (TokenText First, TokenText Second) Split(double part)
    {
        int wanted = (int)(part * Sentences), seen = 0;
        if (wanted < 1 || wanted >= Sentences)
            throw new ArgumentException($"A text of {Sentences} sentences cannot be divided at {part}: each part needs one.", nameof(part));
        TokenText first = new(Tokens), second = new(Tokens);
        for (int i = 0; i < Count; i++)
        {
            TokenText target = seen < wanted ? first : second;
            target.Add(this[i]);
            if (this[i] == Tokens.End)
            {
                seen++;
                target.Sentences++;
            }
        }

        return (first, second);
    }

    /// <summary>The text from a symbol on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such symbol.</exception>
    public TokenText From(int start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count);
        TokenText rest = new(Tokens);
        for (int i = start; i < Count; i++)
        {
            rest.Add(this[i]);
            rest.Sentences += this[i] == Tokens.End ? 1 : 0;
        }

        return rest;
    }

    /// <summary>The lines of text files, plain or gzip, trimmed; empty ones are passed over.</summary>
    /// <exception cref="LanguageTextException">A file is packed otherwise, or damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IEnumerable<string> Lines(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return TextLines.Read(paths).Select(l => l.Line.Trim()).Where(l => l.Length > 0);
    }

    /// <summary>How often each symbol occurs, [V].</summary>
    public long[] Counts()
    {
        long[] counts = new long[Tokens.Count];
        for (int i = 0; i < Count; i++)
            counts[this[i]]++;
        return counts;
    }

    /// <summary>Copies symbols from <paramref name="start"/> on.</summary>
    /// <exception cref="ArgumentException">They reach past the end.</exception>
    public void CopyTo(int start, Span<int> target)
    {
        if (start < 0 || start > Count - target.Length)
            throw new ArgumentException($"{target.Length} symbols from {start} on reach past the text's {Count}.", nameof(start));
        for (int i = 0; i < target.Length; i++)
            target[i] = _width == 1 ? _bytes[start + i] : _width == 2 ? _shorts[start + i] : _integers[start + i];
    }

    private void AddSentence(List<int> sentence)
    {
        if (sentence.Count == 0)
            return;
        foreach (int token in sentence)
            Add(token);
        Add(Tokens.End);
        Sentences++;
    }

    private void Add(int token)
    {
        int capacity = _width == 1 ? _bytes.Length : _width == 2 ? _shorts.Length : _integers.Length;
        if (Count == capacity)
        {
            if (Count == Array.MaxLength)
                throw new LanguageTextException($"The text has more than {Array.MaxLength} symbols: train on a part of it.");
            int larger = (int)Math.Min(Array.MaxLength, 2L * capacity);
            if (_width == 1)
                Array.Resize(ref _bytes, larger);
            else if (_width == 2)
                Array.Resize(ref _shorts, larger);
            else
                Array.Resize(ref _integers, larger);
        }

        if (_width == 1)
            _bytes[Count++] = (byte)token;
        else if (_width == 2)
            _shorts[Count++] = (ushort)token;
        else
            _integers[Count++] = token;
    }
}
