namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Splits a sentence into the tokens of a language model without allocating: words between white space, or Unicode characters
/// with <c>&lt;space&gt;</c> for each run of white space between others.
/// </summary>
internal ref struct TokenSplitter
{
    private readonly bool _characters;
    private ReadOnlySpan<char> _rest;

    public TokenSplitter(ReadOnlySpan<char> text, bool characters)
    {
        _rest = text.Trim();
        _characters = characters;
    }

    /// <summary>The next token; false at the end.</summary>
    public bool Next(out ReadOnlySpan<char> token)
    {
        token = default;
        if (_rest.IsEmpty) return false;
        int length = _characters ? CharacterLength() : WordLength();
        token = _rest[..length];
        _rest = _rest[length..];
        if (_characters && !char.IsWhiteSpace(token[0])) return true;
        if (_characters) token = Vocabulary.SpaceToken;
        _rest = _rest.TrimStart();
        return true;
    }

    private readonly int CharacterLength() =>
        char.IsHighSurrogate(_rest[0]) && _rest.Length > 1 && char.IsLowSurrogate(_rest[1]) ? 2 : 1;

    private readonly int WordLength()
    {
        int length = 1;
        while (length < _rest.Length && !char.IsWhiteSpace(_rest[length])) length++;
        return length;
    }
}
