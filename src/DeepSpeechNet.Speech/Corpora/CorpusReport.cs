using System.Text;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>Clips, speakers and hours of one collection in a corpus.</summary>
/// <param name="Corpus">The collection's name; empty if not given.</param>
/// <param name="Clips">Number of clips.</param>
/// <param name="Speakers">Number of different speakers named.</param>
/// <param name="Seconds">Seconds of sound.</param>
/// <param name="Letters">Letters of all texts.</param>
public sealed record CorpusPart(string Corpus, int Clips, int Speakers, double Seconds, long Letters);

/// <summary>What the corpus doctor says about a whole corpus.</summary>
/// <param name="Parts">The collections in it, by name.</param>
/// <param name="Findings">All findings, by clip.</param>
public sealed record CorpusReport(IReadOnlyList<CorpusPart> Parts, IReadOnlyList<CorpusFinding> Findings)
{
    /// <summary>Number of clips.</summary>
    public int Clips => Parts.Sum(part => part.Clips);

    /// <summary>Seconds of sound.</summary>
    public double Seconds => Parts.Sum(part => part.Seconds);

    /// <summary>How often each kind of finding occurs; kinds that do not occur are missing.</summary>
    public IReadOnlyDictionary<FindingKind, int> Counts => Findings.CountBy(finding => finding.Kind).ToDictionary();

    /// <summary>A few lines for people: a line a collection, then a line a kind of finding.</summary>
    public string Summary()
    {
        var text = new StringBuilder();
        text.Append($"{Clips} clips, {Seconds / 3600:0.00} hours\n");
        foreach (CorpusPart part in Parts)
        {
            text.Append($"  {(part.Corpus.Length > 0 ? part.Corpus : "(no corpus named)")}: {part.Clips} clips, {part.Seconds / 3600:0.00} hours, " +
                $"{part.Speakers} speakers, {part.Letters / Math.Max(part.Seconds, 1e-9):0.0} letters a second\n");
        }
        if (Findings.Count == 0) text.Append("nothing found\n");
        foreach ((FindingKind kind, int count) in Counts.OrderBy(pair => pair.Key)) text.Append($"{count} x {Words(kind)}\n");
        return text.ToString();
    }

    private static string Words(FindingKind kind) => kind switch
    {
        FindingKind.Unreadable => "recording that cannot be read",
        FindingKind.EmptyText => "empty text",
        FindingKind.UnknownLetter => "text with a letter outside the alphabet",
        FindingKind.TextTooLong => "text longer than its frames",
        FindingKind.DuplicateSound => "same sound twice",
        FindingKind.DuplicatePath => "same path twice",
        FindingKind.Clipping => "clipped recording",
        FindingKind.Silence => "silent recording",
        FindingKind.OddDuration => "very short or very long recording",
        FindingKind.WrongDuration => "wrong stated length",
        _ => "odd speaking rate",
    };
}
