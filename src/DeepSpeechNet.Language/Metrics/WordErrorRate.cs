namespace DeepSpeechNet.Language.Metrics;

/// <summary>
/// Word error rate over many utterances: (S + D + I) / N with N the words of the references, never capped. Words are what
/// stands between white space, compared as they are; normalise both texts first. Not safe for several threads at once.
/// </summary>
public sealed class WordErrorRate
{
    /// <summary>The errors of all utterances so far.</summary>
    public EditCounts Total { get; private set; }

    /// <summary>The number of utterances so far.</summary>
    public long Utterances { get; private set; }

    /// <summary>The number of utterances without an error so far.</summary>
    public long CorrectUtterances { get; private set; }

    /// <summary>The rate over all utterances so far; see <see cref="EditCounts.Rate"/>.</summary>
    public double Rate => Total.Rate;

    /// <summary>Adds one utterance and returns its own counts.</summary>
    public EditCounts Add(string reference, string hypothesis)
    {
        EditCounts counts = Compare(reference, hypothesis);
        Total += counts;
        Utterances++;
        if (counts.Errors == 0) CorrectUtterances++;
        return counts;
    }

    /// <summary>The counts of one utterance, without adding it to anything.</summary>
    public static EditCounts Compare(string reference, string hypothesis) =>
        EditDistance.Count<string>(Words(reference), Words(hypothesis));

    /// <summary>The words of a text: what stands between white space.</summary>
    public static string[] Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }
}
