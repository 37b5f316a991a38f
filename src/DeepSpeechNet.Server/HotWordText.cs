using System.Globalization;
using System.Text;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding.HotWords;

namespace DeepSpeechNet.Server;

/// <summary>Phrases that a client sends, as a list of hot words.</summary>
internal static class HotWordText
{
    /// <summary>The most phrases that one client may send.</summary>
    public const int MostPhrases = 500;

    /// <summary>The list of the phrases that the model's alphabet can write; null if there is none.</summary>
    /// <param name="phrases">Phrases, each with a weight behind a tab if it likes.</param>
    /// <param name="alphabet">The model's alphabet.</param>
    /// <param name="weight">The weight of those without one.</param>
    /// <param name="lenient">Whether phrases that cannot be used are left out; otherwise they are complained of.</param>
    /// <exception cref="HotWordException">There are too many phrases, or one cannot be used.</exception>
    public static HotWordList? Parse(IEnumerable<string> phrases, Alphabet alphabet, double weight, bool lenient)
    {
        StringBuilder text = new();
        int count = 0;
        foreach (string phrase in phrases)
        {
            string line = phrase.ReplaceLineEndings(" ").Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (++count > MostPhrases)
                throw new HotWordException($"There are more than {MostPhrases} hot words, the most that a client may send.");
            if (!line.Contains('\t'))
                line = string.Create(CultureInfo.InvariantCulture, $"{line}\t{weight}");
            if (!lenient || IsUsable(line, alphabet))
                text.Append(line).Append('\n');
        }

        return text.Length == 0 ? null : HotWordList.Parse(Encoding.UTF8.GetBytes(text.ToString()), "The list of hot words", alphabet);
    }

    private static bool IsUsable(string line, Alphabet alphabet)
    {
        try
        {
            HotWordList.Parse(Encoding.UTF8.GetBytes(line), "", alphabet);
            return true;
        }
        catch (HotWordException)
        {
            return false;
        }
    }
}
