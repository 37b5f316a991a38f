using System.Text;

namespace DeepSpeechNet.Language.Metrics;

/// <summary>
/// Character error rate over many utterances: (S + D + I) / N with N the characters of the references, never capped.
/// Characters are Unicode scalar values; a run of white space counts as one space, and none at the ends. Not safe for
/// several threads at once.
/// </summary>
public sealed class CharacterErrorRate
{
    /// <summary>The errors of all utterances so far.</summary>
    public EditCounts Total { get; private set; }

    /// <summary>The number of utterances so far.</summary>
    public long Utterances { get; private set; }

    /// <summary>The rate over all utterances so far; see <see cref="EditCounts.Rate"/>.</summary>
    public double Rate => Total.Rate;

    /// <summary>Adds one utterance and returns its own counts.</summary>
    public EditCounts Add(string reference, string hypothesis)
    {
        EditCounts counts = Compare(reference, hypothesis);
        Total += counts;
        Utterances++;
        return counts;
    }

    /// <summary>The counts of one utterance, without adding it to anything.</summary>
    public static EditCounts Compare(string reference, string hypothesis) =>
        EditDistance.Count<int>(Characters(reference), Characters(hypothesis));

    private static int[] Characters(string text)
    {
        string tidy = string.Join(' ', WordErrorRate.Words(text));
        List<int> values = new(tidy.Length);
        foreach (Rune rune in tidy.EnumerateRunes()) values.Add(rune.Value);
        return [.. values];
    }
}
