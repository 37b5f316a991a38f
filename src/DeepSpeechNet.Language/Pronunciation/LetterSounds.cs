using System.Text;

namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>
/// What the letters of an alphabet sound like by themselves: the phones that each most often writes in the words of a list. A poor guess in a spelling such as that
/// of English, good enough to go on where no word is known that begins so.
/// </summary>
internal static class LetterSounds
{
    /// <summary>The phones of each letter of an alphabet, none for letters that mostly write none or are in no word.</summary>
    public static int[][] Of(Alphabet alphabet, SpokenWords spoken, IReadOnlyList<string> words)
    {
        Dictionary<string, (int Count, int[] Phones)>[] seen = [.. Enumerable.Range(0, alphabet.Size).Select(_ => new Dictionary<string, (int, int[])>())];
        spoken.Learn(words);
        foreach (string text in words)
        {
            SpokenWord word = spoken.Of(text);
            for (int i = 0; i < word.ByLetter.Length; i++)
            {
                int label = alphabet.IndexOf(new Rune(text[i])), before = i == 0 ? 0 : word.ByLetter.Span[i - 1];
                if (label < 0)
                    continue;
                int[] phones = word.Phones[before..word.ByLetter.Span[i]].ToArray();
                string key = string.Join(' ', phones);
                seen[label][key] = (seen[label].GetValueOrDefault(key).Count + 1, phones);
            }
        }

        return [.. seen.Select(sounds => sounds.Count == 0 ? [] : sounds.OrderByDescending(s => s.Value.Count).ThenBy(s => s.Key, StringComparer.Ordinal).First().Value.Phones)];
    }
}
