using System.Collections.Concurrent;

namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>How the words that come up are spoken: each is said once by a <see cref="Pronouncer"/> and remembered. Safe for many threads.</summary>
public sealed class SpokenWords : IDisposable
{
    // A search tries many spellings that never come up again. Beyond this everything is forgotten, and what comes up again said anew.
    private const int Most = 200_000;

    private readonly Pronouncer _pronouncer;
    private readonly bool _ownsDevice;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, SpokenWord> _words = new(StringComparer.Ordinal);

    /// <summary>Words as a pronouncer says them; nothing else may use it from now on.</summary>
    /// <param name="pronouncer">The pronouncer.</param>
    /// <param name="ownsDevice">Whether its device is disposed with these words.</param>
    public SpokenWords(Pronouncer pronouncer, bool ownsDevice = false)
    {
        ArgumentNullException.ThrowIfNull(pronouncer);
        _pronouncer = pronouncer;
        _ownsDevice = ownsDevice;
    }

    /// <summary>How many phones there are.</summary>
    public int PhoneCount => _pronouncer.Phones.Count;

    /// <summary>Has all words of some texts said together, which takes a fraction of the time that one after the other would.</summary>
    /// <param name="texts">Words with single spaces between them.</param>
    public void Learn(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        HashSet<string> unknown = new(StringComparer.Ordinal);
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> seen = unknown.GetAlternateLookup<ReadOnlySpan<char>>();
        ConcurrentDictionary<string, SpokenWord>.AlternateLookup<ReadOnlySpan<char>> known = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string text in texts)
        {
            foreach (Range range in text.AsSpan().Split(' '))
            {
                ReadOnlySpan<char> word = text.AsSpan(range);
                if (!word.IsEmpty && !known.ContainsKey(word))
                    seen.Add(word);
            }
        }

        if (unknown.Count == 0)
            return;
        lock (_gate)
        {
            if (_words.Count > Most)
                _words.Clear();
            string[] words = [.. unknown.Where(word => Pronouncer.CanSay(word))];
            IReadOnlyList<SpokenWord> said = _pronouncer.Say(words);
            for (int i = 0; i < words.Length; i++)
                _words[words[i]] = said[i];
            foreach (string word in unknown)
                _words.TryAdd(word, SpokenWord.Silent);
        }
    }

    /// <summary>Whether a word came up before.</summary>
    public bool Has(ReadOnlySpan<char> word) => _words.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(word);

    /// <summary>How a word is spoken; one that cannot be said, such as a number in digits, is <see cref="SpokenWord.Silent"/>.</summary>
    public SpokenWord Of(ReadOnlySpan<char> word)
    {
        ConcurrentDictionary<string, SpokenWord>.AlternateLookup<ReadOnlySpan<char>> known = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        SpokenWord? said;
        while (!known.TryGetValue(word, out said))
            Learn([new string(word)]);
        return said;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsDevice)
            _pronouncer.Device.Dispose();
    }
}
