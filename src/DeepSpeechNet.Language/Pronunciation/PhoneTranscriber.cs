namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>
/// Texts as the phones that they are spoken with, by a pronouncing dictionary: what a network can be trained to write beside the letters. Words follow each other
/// without a mark between them, as they do in speech. Immutable and safe to share between threads.
/// </summary>
public sealed class PhoneTranscriber
{
    private readonly Pronunciations _dictionary;
    private readonly int[] _labels;

    /// <summary>Transcribes by a dictionary, which must not change any more.</summary>
    /// <exception cref="ArgumentException">The dictionary is empty.</exception>
    public PhoneTranscriber(Pronunciations dictionary)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        if (dictionary.Phones.Count == 0)
            throw new ArgumentException("The pronouncing dictionary has no words.", nameof(dictionary));
        _dictionary = dictionary;
        string[] names = [.. dictionary.Phones.Order(StringComparer.Ordinal)];
        Phones = names;
        _labels = [.. dictionary.Phones.Select(phone => Array.BinarySearch(names, phone, StringComparer.Ordinal))];
    }

    /// <summary>The phones in the order of their labels: that of their names, so that it does not hang on the order of the dictionary's words.</summary>
    public IReadOnlyList<string> Phones { get; }

    /// <summary>The labels of a text's phones.</summary>
    /// <param name="text">Words with spaces between them.</param>
    /// <returns>The labels, from 0 on; null where a word is not in the dictionary.</returns>
    public int[]? Transcribe(ReadOnlySpan<char> text)
    {
        List<int> labels = new(text.Length);
        foreach (Range range in text.Split(' '))
        {
            if (text[range].IsEmpty)
                continue;
            if (_dictionary.Find(text[range]) is not { } phones)
                return null;
            foreach (byte phone in phones)
                labels.Add(_labels[phone]);
        }

        return [.. labels];
    }
}
