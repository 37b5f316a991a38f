using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Training;

/// <summary>
/// Makes training utterances end before their time: a live partial text comes from the beginning of an utterance, which a network that looks both ways reads
/// badly if it has heard whole ones alone. The cut lies anywhere in the recording, early more often than late: how far is drawn as the square of a
/// uniform number, for the first words are the hardest, having nothing before them. The words that ended before the cut are the text. A word is not cut
/// within <see cref="Margin"/> of its end, where nobody could say whether it was spoken: then the cut lies just after it.
/// </summary>
internal sealed class UtteranceBeginning
{
    /// <summary>The least time between the end of a word and a cut, in seconds.</summary>
    public const double Margin = 0.08;

    private const double Shortest = 0.2;

    private readonly WordTimes _times;
    private readonly double _probability;

    /// <summary>Beginnings of the recordings whose words' times are known.</summary>
    /// <param name="times">Where words end. Recordings of one word alone are left whole: half a command is none.</param>
    /// <param name="probability">How many of those recordings are cut, 0 to 1.</param>
    public UtteranceBeginning(WordTimes times, double probability)
    {
        _times = times;
        _probability = probability;
    }

    /// <summary>Draws whether and where a recording is cut.</summary>
    /// <param name="entry">The recording.</param>
    /// <param name="seed">Chooses the draw.</param>
    /// <returns>Seconds to keep, and the text said in them; the whole recording where it is not cut.</returns>
    public (double Seconds, string Text) Draw(CorpusEntry entry, ulong seed)
    {
        ReadOnlySpan<double> ends = _times.Ends(entry);
        if (ends.Length < 2 || CounterRandom.Uniform(seed, 0) >= _probability)
            return (entry.Seconds, entry.Text);
        double share = CounterRandom.Uniform(seed, 1), cut = Math.Max(Shortest, share * share * entry.Seconds);
        int words = 0;
        while (words < ends.Length && ends[words] + Margin <= cut)
            words++;
        if (words < ends.Length && ends[words] - Margin < cut)
            cut = ends[words++] + Margin;
        return words == ends.Length || cut >= entry.Seconds
            ? (entry.Seconds, entry.Text)
            : (cut, string.Join(' ', entry.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(words)));
    }
}
