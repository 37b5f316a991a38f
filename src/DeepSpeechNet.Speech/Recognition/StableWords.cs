namespace DeepSpeechNet.Speech.Recognition;

/// <summary>
/// Which words of an utterance that still goes on are shown. The last words of a pass lack what follows them and often change; so a word is shown when it ended some time
/// before the newest sound and the network is sure of it, or two passes in a row begin with the same words up to it ("local agreement": Liu, Spanakis and Niehues 2020), or so much
/// sound has followed it that waiting for another pass would help little.
/// What is shown stays until something else is as certain: for a word in the place of another the sound that followed is not enough where the network was surer of the other one, because
/// a pass that ends inside a word may read all of a short utterance wrongly. One call at a time.
/// </summary>
/// <param name="holdBack">How long before the newest sound a word must have ended.</param>
/// <param name="sure">The confidence from which one pass is enough, 0 to 1; above 1 none is.</param>
/// <param name="settled">How long before the newest sound a word must have ended for one pass to be enough whatever its confidence.</param>
internal sealed class StableWords(TimeSpan holdBack, double sure, TimeSpan settled)
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
        int agreed = Common(words, _before), same = Common(words, _shown);
        _before = words;
        while (agreed < words.Count && (words[agreed].Confidence >= sure || (transcript.Duration - words[agreed].End >= settled && !DoubtfulChange(agreed))))
            agreed++;
        while (agreed > 0 && words[agreed - 1].End > transcript.Duration - holdBack)
            agreed--;
        if (agreed >= Math.Min(_shown.Count, same + 1))
            _shown = [.. words.Take(agreed)];
        else if (same > 0)
            _shown = [.. words.Take(same), .. _shown.Skip(same)];
        return transcript with { Text = string.Join(' ', _shown.Select(w => w.Text)), Words = _shown };

        bool DoubtfulChange(int word) => word == same && same < _shown.Count && words[same].Confidence <= _shown[same].Confidence;
    }

    private static int Common(IReadOnlyList<TranscriptWord> a, IReadOnlyList<TranscriptWord> b)
    {
        int common = 0;
        while (common < a.Count && common < b.Count && a[common].Text == b[common].Text)
            common++;
        return common;
    }
}
