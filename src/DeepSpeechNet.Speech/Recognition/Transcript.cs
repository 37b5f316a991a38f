namespace DeepSpeechNet.Speech.Recognition;

/// <summary>What was said in a recording. Plain data.</summary>
/// <param name="Text">The words with single spaces between them; empty if nothing was said.</param>
/// <param name="Duration">The length of the recording.</param>
/// <param name="Words">The words in order, with times and confidence.</param>
/// <param name="Alternatives">
/// The readings in order of score, the first being <paramref name="Text"/> itself; empty unless they were asked for.
/// </param>
public sealed record Transcript(
    string Text,
    TimeSpan Duration,
    IReadOnlyList<TranscriptWord> Words,
    IReadOnlyList<TranscriptAlternative> Alternatives)
{
    /// <summary>The letters of the network's best path, which need not be those of <see cref="Text"/>; empty unless they were asked for.</summary>
    public IReadOnlyList<LetterSpike> Letters { get; init; } = [];

    /// <summary>The transcript of a recording in which nothing was said.</summary>
    public static Transcript Empty(TimeSpan duration) => new("", duration, [], []);

    /// <summary>
    /// Joins the transcripts of a recording's utterances. Times move by each utterance's start. Alternatives of the whole are
    /// the best combinations of the utterances' own, as many as the utterance with the most of them has: scores add up,
    /// confidences multiply.
    /// </summary>
    /// <param name="parts">The utterances in order: where each starts in the recording, and its transcript.</param>
    /// <param name="duration">The length of the whole recording.</param>
    public static Transcript Join(IReadOnlyList<(TimeSpan Start, Transcript Part)> parts, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(parts);
        List<string> texts = [];
        List<TranscriptWord> words = [];
        List<LetterSpike> letters = [];
        foreach ((TimeSpan start, Transcript part) in parts)
        {
            if (part.Text.Length > 0) texts.Add(part.Text);
            foreach (TranscriptWord word in part.Words)
                words.Add(word with { Start = word.Start + start, End = word.End + start });
            foreach (LetterSpike letter in part.Letters)
                letters.Add(letter with { Time = letter.Time + start });
        }

        Transcript joined = new(string.Join(' ', texts), duration, words, JoinAlternatives(parts));
        return letters.Count == 0 ? joined : joined with { Letters = letters };
    }

    private static List<TranscriptAlternative> JoinAlternatives(IReadOnlyList<(TimeSpan Start, Transcript Part)> parts)
    {
        int count = parts.Max(p => (int?)p.Part.Alternatives.Count) ?? 0;
        if (count == 0) return [];
        List<TranscriptAlternative> joined = [new TranscriptAlternative("", 0, 1)];
        foreach ((_, Transcript part) in parts)
        {
            IReadOnlyList<TranscriptAlternative> own = part.Alternatives.Count > 0
                ? part.Alternatives
                : [new TranscriptAlternative(part.Text, 0, 1)];

            // OrderByDescending is stable: equal scores keep the order of the utterances' own lists.
            joined = [.. joined
                .SelectMany(left => own.Select(right => Join(left, right)))
                .OrderByDescending(a => a.Score)
                .Take(count)];
        }

        return joined;
    }

    private static TranscriptAlternative Join(TranscriptAlternative left, TranscriptAlternative right)
    {
        string space = left.Text.Length > 0 && right.Text.Length > 0 ? " " : "";
        return new TranscriptAlternative(left.Text + space + right.Text, left.Score + right.Score, left.Confidence * right.Confidence);
    }
}
