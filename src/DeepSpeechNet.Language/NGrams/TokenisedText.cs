using System.Text;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// A text read once: its distinct tokens with their counts, and its sentences as numbers of these tokens, in one to five bytes
/// each (frequent tokens come early, so that most take one or two). The text itself is not kept.
/// </summary>
internal sealed class TokenisedText
{
    private const int Chunk = 1 << 20, LongestNumber = 5;
    private readonly List<byte[]> _chunks = [];
    private readonly List<int> _filled = [];
    private readonly GrowingArray<long> _counts = new(1024);
    private readonly bool _characters;

    /// <param name="characters">Whether tokens are characters.</param>
    public TokenisedText(bool characters) => _characters = characters;

    /// <summary>The distinct tokens in the order in which they came.</summary>
    public WordTable Tokens { get; } = new(1024);

    /// <summary>Number of sentences.</summary>
    public long Sentences { get; private set; }

    /// <summary>Number of tokens in all sentences, their starts and ends not counted.</summary>
    public long Length { get; private set; }

    /// <summary>How often a token occurs.</summary>
    public long Count(int token) => _counts.Values[token];

    /// <summary>Adds a sentence; one without tokens adds nothing. The tokens <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c> are passed over.</summary>
    public void Add(ReadOnlySpan<char> sentence)
    {
        TokenSplitter tokens = new(sentence, _characters);
        bool any = false;
        Span<byte> buffer = stackalloc byte[512];
        while (tokens.Next(out ReadOnlySpan<char> token))
        {
            if (token is Vocabulary.StartToken or Vocabulary.EndToken) continue;
            int most = Encoding.UTF8.GetMaxByteCount(token.Length);
            Span<byte> bytes = most <= buffer.Length ? buffer : new byte[most];
            int id = Tokens.FindOrAdd(bytes[..Encoding.UTF8.GetBytes(token, bytes)], out bool added);
            if (added) _counts.Set(id, 0);
            _counts.Values[id]++;
            Put((uint)id + 1);
            Length++;
            any = true;
        }

        if (!any) return;
        Put(0);
        Sentences++;
    }

    /// <summary>The vocabulary of the tokens, the most frequent first.</summary>
    public Vocabulary MakeVocabulary(long minimumCount, int maximumWords)
    {
        Dictionary<string, long> counts = new(Tokens.Count, StringComparer.Ordinal);
        for (int id = 0; id < Tokens.Count; id++) counts[Encoding.UTF8.GetString(Tokens[id])] = Count(id);
        return Vocabulary.FromCounts(counts, minimumCount, maximumWords);
    }

    /// <summary>Hands each sentence over as numbers of a vocabulary, in order.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="use">Gets the tokens of a sentence, without its start and end, and how many tokens went before.</param>
    public void ForEach(Vocabulary vocabulary, SentenceAction use)
    {
        int[] map = new int[Tokens.Count];
        for (int id = 0; id < map.Length; id++) map[id] = vocabulary.Find(Tokens[id]);
        int[] sentence = new int[256];
        int length = 0;
        long before = 0;
        for (int c = 0; c < _chunks.Count; c++)
        {
            byte[] chunk = _chunks[c];
            for (int at = 0; at < _filled[c];)
            {
                uint number = Take(chunk, ref at);
                if (number != 0)
                {
                    if (length == sentence.Length) Array.Resize(ref sentence, length * 2);
                    sentence[length++] = map[number - 1];
                    continue;
                }

                use(sentence.AsSpan(0, length), before);
                before += length;
                length = 0;
            }
        }
    }

    private void Put(uint number)
    {
        if (_chunks.Count == 0 || _filled[^1] > Chunk - LongestNumber)
        {
            _chunks.Add(new byte[Chunk]);
            _filled.Add(0);
        }

        byte[] chunk = _chunks[^1];
        int at = _filled[^1];
        for (; number >= 0x80; number >>= 7) chunk[at++] = (byte)(number | 0x80);
        chunk[at++] = (byte)number;
        _filled[^1] = at;
    }

    private static uint Take(byte[] chunk, ref int at)
    {
        uint number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = chunk[at++];
            number |= (uint)(part & 0x7F) << shift;
            if (part < 0x80) return number;
        }
    }
}

/// <summary>Gets the tokens of a sentence and how many tokens went before it.</summary>
internal delegate void SentenceAction(ReadOnlySpan<int> tokens, long before);
