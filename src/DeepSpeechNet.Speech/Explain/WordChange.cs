namespace DeepSpeechNet.Speech.Explain;

/// <summary>
/// A place where the transcript is not the best path, and who wanted it so. The question put to each side: how much better does it like
/// the transcript than the same transcript with the best path's words left in this one place? The answers are exact differences of scores
/// (natural logarithms, as weighted in decoding), so their sum is by how much the change won.
/// </summary>
/// <param name="Heard">The words of the best path; empty where the transcript has more.</param>
/// <param name="Written">The words of the transcript; empty where it has fewer.</param>
/// <param name="FirstWord">The first of them in the transcript, or the word before which they are missing.</param>
/// <param name="FirstHeard">The first of the best path's words there.</param>
/// <param name="Acoustic">The network's answer; above 0 where all ways of saying the new words together are likelier than the best one suggests.</param>
/// <param name="Parts">Each model's answer.</param>
public sealed record WordChange(string Heard, string Written, int FirstWord, int FirstHeard, double Acoustic, IReadOnlyList<double> Parts)
{
    /// <summary>By how much the change won; below 0 where it would have lost alone and came along with others.</summary>
    public double Total => Acoustic + Parts.Sum();

    /// <summary>How many words of the transcript it concerns.</summary>
    public int WordCount => Count(Written);

    /// <summary>How many words of the best path it concerns.</summary>
    public int HeardCount => Count(Heard);

    /// <summary>The model that spoke loudest for the change; -1 for the network.</summary>
    public int LoudestPart
    {
        get
        {
            int loudest = -1;
            for (int i = 0; i < Parts.Count; i++)
            {
                if (Parts[i] > (loudest < 0 ? Acoustic : Parts[loudest])) loudest = i;
            }

            return loudest;
        }
    }

    private static int Count(string text) => text.Length == 0 ? 0 : text.Count(c => c == ' ') + 1;
}
