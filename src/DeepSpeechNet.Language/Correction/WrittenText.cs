using System.Text;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// A line as it is written, cut into words for the channel and what stands between them, so that a corrected line keeps its punctuation, its capitals and
/// everything that is not made of letters (numbers, addresses, words of other scripts).
/// </summary>
internal sealed class WrittenText
{
    private readonly string _line;
    private readonly List<Range> _words = [];
    private readonly List<int> _starts = [];

    public WrittenText(string line)
    {
        _line = line;
        List<byte> codes = [ChannelLetters.Space];
        for (int at = 0; at < line.Length;)
        {
            if (char.IsWhiteSpace(line[at]))
            {
                at++;
                continue;
            }

            int end = at;
            while (end < line.Length && !char.IsWhiteSpace(line[end]))
                end++;
            AddChunk(at, end, codes);
            at = end;
        }

        Codes = [.. codes];
    }

    /// <summary>The letters for the channel: a space before, between and after words; <see cref="SentenceDecoder.Foreign"/> for a word that must stay.</summary>
    public byte[] Codes { get; }

    /// <summary>The number of words.</summary>
    public int Count => _words.Count;

    /// <summary>Whether any word has letters.</summary>
    public bool HasLetters { get; private set; }

    /// <summary>A word's letters by their numbers; none where it is not made of letters.</summary>
    public ReadOnlySpan<byte> Letters(int word)
    {
        ReadOnlySpan<byte> codes = Codes.AsSpan(_starts[word]);
        return codes[0] == SentenceDecoder.Foreign ? [] : codes[..codes.IndexOf((byte)ChannelLetters.Space)];
    }

    /// <summary>The line with other words, as the decoder found them.</summary>
    /// <param name="decoded">The words.</param>
    /// <param name="lexicon">Where their texts are.</param>
    public string With(DecodedText decoded, Lexicon lexicon)
    {
        StringBuilder text = new(_line.Length + 16);
        text.Append(_line, 0, _words[0].Start.Value);
        int from = 0;
        bool continues = false;
        for (int k = 0; k < decoded.Words.Length; k++)
        {
            (int word, int end) = decoded.Words[k];
            // Words of the line that lie within what this word was seen as: from .. to; a cut inside a word leaves the rest to the next.
            int to = from;
            while (to + 1 < _words.Count && _starts[to + 1] < end)
                to++;
            bool cut = k + 1 < decoded.Words.Length && (to + 1 >= _words.Count || _starts[to + 1] > end);
            AppendWord(text, word < 0 ? null : lexicon[word], from, to, continues, cut);
            for (int between = from; between < to; between++)
                AppendMarks(text, between);
            if (cut)
            {
                text.Append(' ');
                from = to;
            }
            else
            {
                AppendGap(text, to);
                from = to + 1;
            }

            continues = cut;
            if (from >= _words.Count)
                break;
        }

        return text.ToString();
    }

    private void AddChunk(int at, int end, List<byte> codes)
    {
        bool foreign = false;
        for (int i = at; i < end; i++)
        {
            char c = _line[i];
            foreign |= Code(c) == 0 && (char.IsLetterOrDigit(c) || char.IsSurrogate(c) || c is '@' or '/' or '_' or '\\' or '#' or '&' or '%' or '+' or '=' or '<' or '>' or '$');
        }

        if (foreign)
        {
            Add(at, end, codes, [SentenceDecoder.Foreign]);
            return;
        }

        while (at < end)
        {
            int first = Code(_line[at]);
            if (first == 0 || (first == ChannelLetters.Apostrophe && !StartsWord(at, end)))
            {
                at++;
                continue;
            }

            int to = at;
            while (to < end && Code(_line[to]) != 0)
                to++;
            int last = to;
            // A quotation mark at the end of a word is no letter of it, unless the word could be a plural's genitive.
            while (last > at + 1 && Code(_line[last - 1]) == ChannelLetters.Apostrophe && !(last >= at + 2 && _line[last - 2] is 's' or 'S'))
                last--;
            byte[] letters = new byte[last - at];
            for (int i = at; i < last; i++)
                letters[i - at] = (byte)Code(_line[i]);
            Add(at, last, codes, letters);
            HasLetters = true;
            at = to;
        }
    }

    private bool StartsWord(int at, int end) => at + 1 < end && Code(_line[at + 1]) is not 0 and not ChannelLetters.Apostrophe && (at == 0 || char.IsWhiteSpace(_line[at - 1]))
        && _line.IndexOf(_line[at], at + 1, end - at - 1) < 0;

    private void Add(int at, int end, List<byte> codes, ReadOnlySpan<byte> letters)
    {
        _starts.Add(codes.Count);
        _words.Add(at..end);
        foreach (byte letter in letters)
            codes.Add(letter);
        codes.Add(ChannelLetters.Space);
    }

    private static int Code(char c) => ChannelLetters.Code(c is '\u2019' ? '\'' : char.ToLowerInvariant(c)) is var code && code == ChannelLetters.Space ? 0 : code;

    private void AppendWord(StringBuilder text, string? word, int from, int to, bool continues, bool cut)
    {
        ReadOnlySpan<char> written = _line.AsSpan(_words[from]);
        if (word is null || (from == to && !continues && !cut && Same(word, written)))
        {
            text.Append(written);
            return;
        }

        bool capital = char.IsUpper(written[0]), capitals = capital && written.Length > 1;
        foreach (char c in written)
            capitals &= !char.IsLower(c);
        if (capitals)
            text.Append(word.ToUpperInvariant());
        else if (capital && !continues)
            text.Append(char.ToUpperInvariant(word[0])).Append(word, 1, word.Length - 1);
        else
            text.Append(word);
    }

    private static bool Same(string word, ReadOnlySpan<char> written)
    {
        if (word.Length != written.Length)
            return false;
        for (int i = 0; i < word.Length; i++)
        {
            if (ChannelLetters.Code(word[i]) != Code(written[i]))
                return false;
        }

        return true;
    }

    /// <summary>What stands after a word of the line.</summary>
    private void AppendGap(StringBuilder text, int word)
    {
        int end = word + 1 < _words.Count ? _words[word + 1].Start.Value : _line.Length;
        text.Append(_line, _words[word].End.Value, end - _words[word].End.Value);
    }

    /// <summary>What stands after a word that has become one with the next, without white space.</summary>
    private void AppendMarks(StringBuilder text, int word)
    {
        for (int i = _words[word].End.Value; i < _words[word + 1].Start.Value; i++)
        {
            if (!char.IsWhiteSpace(_line[i]) && _line[i] != '-')
                text.Append(_line[i]);
        }
    }
}
