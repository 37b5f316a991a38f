using System.Collections.Concurrent;

namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>How the words that come up are spoken: each is said once by a <see cref="Pronouncer"/> and remembered. Safe for many threads.</summary>
public sealed class SpokenWords : IDisposable
{
    // An hour of speech brings up some ten thousand words with all its readings. Beyond this everything is forgotten and said anew.
    private const int Most = 200_000;

    private readonly Pronouncer _pronouncer;
    private readonly bool _ownsDevice;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, int[]> _words = new(StringComparer.Ordinal);

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
        ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> known = _words.GetAlternateLookup<ReadOnlySpan<char>>();
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
            IReadOnlyList<int[]> said = _pronouncer.Say(words);
            for (int i = 0; i < words.Length; i++)
                _words[words[i]] = said[i];
            foreach (string word in unknown)
                _words.TryAdd(word, []);
        }
    }

    /// <summary>Adds the phones of a text to a list; words that cannot be said, such as digits, have none.</summary>
    /// <param name="text">Words with single spaces between them.</param>
    /// <param name="phones">Receives the labels.</param>
    public void Say(string text, List<int> phones)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(phones);
        ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> known = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (Range range in text.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> word = text.AsSpan(range);
            if (word.IsEmpty)
                continue;
            int[]? said;
            while (!known.TryGetValue(word, out said))
                Learn([text]);
            phones.AddRange(said);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsDevice)
            _pronouncer.Device.Dispose();
    }
}
