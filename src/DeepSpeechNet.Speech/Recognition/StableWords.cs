namespace DeepSpeechNet.Speech.Recognition;

/// <summary>
/// Which words of an utterance that still goes on are shown. The last words of a pass lack what follows them and mostly change; so a word is shown when two passes
/// in a row begin with the same words up to it ("local agreement": Liu, Spanakis and Niehues 2020) and it ended some time before the newest sound. What is shown stays until two
/// passes agree on something else. One call at a time.
/// </summary>
internal sealed class StableWords(TimeSpan holdBack)
{
    private IReadOnlyList<TranscriptWord> _before = [];
    private IReadOnlyList<TranscriptWord> _shown = [];

    private int _utterance = -1;

    /// <summary>Takes a text that is as certain as can be for now: it is shown as it is.</summary>
    public void Accept(int utterance, Transcript transcript)
    {
        _utterance = utterance;
        _before = _shown = transcript.Words;
    }

    /// <summary>Takes the text of another pass.</summary>
    /// <param name="utterance">Which utterance it is of; nothing is known of another one.</param>
    /// <param name="transcript">All its words; times are from the start of the utterance.</param>
    /// <returns>The words to show; the rest is as it was.</returns>
    public Transcript Hear(int utterance, Transcript transcript)
    {
        if (utterance != _utterance)
            _before = _shown = [];
        _utterance = utterance;
        IReadOnlyList<TranscriptWord> words = transcript.Words;
        int agreed = Common(words, _before);
        _before = words;
        while (agreed > 0 && words[agreed - 1].End > transcript.Duration - holdBack)
            agreed--;
        int same = Common(words, _shown);
        if (agreed >= Math.Min(_shown.Count, same + 1))
            _shown = [.. words.Take(agreed)];
        else if (same > 0)
            _shown = [.. words.Take(same), .. _shown.Skip(same)];
        return transcript with { Text = string.Join(' ', _shown.Select(w => w.Text)), Words = _shown };
    }

    private static int Common(IReadOnlyList<TranscriptWord> a, IReadOnlyList<TranscriptWord> b)
    {
        int common = 0;
        while (common < a.Count && common < b.Count && a[common].Text == b[common].Text)
            common++;
        return common;
    }
}
