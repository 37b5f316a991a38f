namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>
/// Cuts a transcript's words into subtitles. A pause ends one; so does the word that would make it too long to read or to
/// stand, and then the cut goes to the longest gap in its second half, where the speaker is most likely to have paused.
/// </summary>
internal sealed class CueSplitter
{
    private readonly CueOptions _options;

    public CueSplitter(CueOptions options)
    {
        options.Validate();
        _options = options;
    }

    /// <summary>The subtitles of a transcript, in order and without overlap.</summary>
    public IReadOnlyList<Cue> Split(Transcript transcript)
    {
        List<TranscriptWord> words = [.. transcript.Words];
        List<(int Start, int End)> ranges = [];
        for (int start = 0; start < words.Count;)
        {
            int end = Reach(words, start);
            bool cut = end < words.Count && Gap(words, end) < _options.Pause;
            if (cut) end = LongestGap(words, start, end);
            ranges.Add((start, end));
            start = end;
        }

        Cue[] cues = new Cue[ranges.Count];
        for (int i = 0; i < cues.Length; i++)
        {
            (int start, int end) = ranges[i];
            TimeSpan limit = i + 1 < cues.Length ? words[end].Start : Later(transcript.Duration, words[end - 1].End);
            cues[i] = new Cue(words[start].Start, EndTime(words[start].Start, words[end - 1].End, limit), Lines(words, start, end)!);
        }

        return cues;
    }

    /// <summary>The first word that a subtitle from a word on cannot take in.</summary>
    private int Reach(List<TranscriptWord> words, int start)
    {
        int end = start + 1;
        while (end < words.Count
            && Gap(words, end) < _options.Pause
            && words[end].End - words[start].Start <= _options.LongestTime
            && Lines(words, start, end + 1) is not null)
            end++;
        return end;
    }

    private static TimeSpan Gap(List<TranscriptWord> words, int index) => words[index].Start - words[index - 1].End;

    /// <summary>Where to cut a full subtitle: before the word with the longest gap in its second half, the later of equals.</summary>
    private static int LongestGap(List<TranscriptWord> words, int start, int end)
    {
        int best = end;
        for (int i = end - 1; i > start + ((end - start) / 2); i--)
        {
            if (Gap(words, i) > Gap(words, best)) best = i;
        }

        return best;
    }

    private TimeSpan EndTime(TimeSpan start, TimeSpan spoken, TimeSpan limit)
    {
        TimeSpan end = spoken - start < _options.ShortestTime ? start + _options.ShortestTime : spoken;
        if (end > limit) end = limit;
        return end - start > _options.LongestTime ? start + _options.LongestTime : end;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>
    /// Words on as few lines as they need, and among those ways the one whose longest line is shortest; null if they do not
    /// fit. A single word always fits.
    /// </summary>
    private List<string>? Lines(List<TranscriptWord> words, int start, int end)
    {
        int longest = 0;
        for (int i = start; i < end; i++) longest = Math.Max(longest, words[i].Text.Length);
        if (end - start > 1 && longest > _options.LineLength) return null;
        List<string>? lines = Fill(words, start, end, Math.Max(longest, _options.LineLength));
        if (lines is null) return null;
        for (int width = longest; width < _options.LineLength; width++)
        {
            if (Fill(words, start, end, width) is { } narrow && narrow.Count == lines.Count) return narrow;
        }

        return lines;
    }

    private List<string>? Fill(List<TranscriptWord> words, int start, int end, int width)
    {
        List<string> lines = [words[start].Text];
        for (int i = start + 1; i < end; i++)
        {
            string word = words[i].Text;
            if (lines[^1].Length + 1 + word.Length <= width) lines[^1] += " " + word;
            else lines.Add(word);
        }

        return lines.Count <= _options.Lines ? lines : null;
    }
}
