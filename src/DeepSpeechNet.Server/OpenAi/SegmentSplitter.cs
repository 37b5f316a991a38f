using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server.OpenAi;

/// <summary>A stretch of a transcript.</summary>
/// <param name="Start">When its first word begins.</param>
/// <param name="End">When its last word ends.</param>
/// <param name="Words">Its words.</param>
internal sealed record Segment(TimeSpan Start, TimeSpan End, IReadOnlyList<TranscriptWord> Words)
{
    /// <summary>The words with spaces between them.</summary>
    public string Text => string.Join(' ', Words.Select(w => w.Text));
}

/// <summary>Cuts utterances at their pauses.</summary>
internal static class SegmentSplitter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.7);

    /// <summary>The segments of some utterances, in order.</summary>
    public static IReadOnlyList<Segment> Split(IEnumerable<TranscriptUpdate> utterances)
    {
        List<Segment> segments = [];
        foreach (TranscriptUpdate utterance in utterances)
        {
            List<TranscriptWord> words = [];
            foreach (TranscriptWord word in utterance.Words)
            {
                if (words.Count > 0 && word.Start - words[^1].End >= Pause)
                {
                    segments.Add(new Segment(words[0].Start, words[^1].End, words));
                    words = [];
                }

                words.Add(word);
            }

            if (words.Count > 0)
                segments.Add(new Segment(words[0].Start, words[^1].End, words));
        }

        return segments;
    }
}
