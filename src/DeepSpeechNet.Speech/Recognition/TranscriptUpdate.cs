namespace DeepSpeechNet.Speech.Recognition;

/// <summary>What a <see cref="RecognitionSession"/> has to say about an utterance. Plain data.</summary>
/// <param name="Kind">Whether the utterance goes on or has ended.</param>
/// <param name="Utterance">Which utterance of the stream, from 0. Updates come in order: nothing of an utterance comes after its final update or before that of the one before.</param>
/// <param name="Start">Where the utterance's sound starts, from the start of the stream.</param>
/// <param name="End">Where it ends; of a partial update, how far it has been heard.</param>
/// <param name="Text">The words with single spaces between them; empty if none were understood.</param>
/// <param name="Words">The words in order, with confidence; their times are from the start of the stream.</param>
/// <param name="Alternatives">Readings in order of score, the first being <paramref name="Text"/>; empty for partial updates and unless they were asked for.</param>
public sealed record TranscriptUpdate(
    UpdateKind Kind,
    int Utterance,
    TimeSpan Start,
    TimeSpan End,
    string Text,
    IReadOnlyList<TranscriptWord> Words,
    IReadOnlyList<TranscriptAlternative> Alternatives)
{
    /// <summary>The letters of the network's best path, with times from the start of the stream; empty unless they were asked for.</summary>
    public IReadOnlyList<LetterSpike> Letters { get; init; } = [];

    /// <summary>The mean of the words' confidences, 0 to 1; 0 where there are no words.</summary>
    public double Confidence
    {
        get
        {
            double sum = 0;
            foreach (TranscriptWord word in Words)
                sum += word.Confidence;
            return Words.Count == 0 ? 0 : sum / Words.Count;
        }
    }

    /// <summary>Whether this is the last word on the utterance.</summary>
    public bool IsFinal => Kind == UpdateKind.Final;

    /// <summary>Places an utterance's transcript in its stream.</summary>
    internal static TranscriptUpdate From(Transcript transcript, UpdateKind kind, int utterance, TimeSpan start)
    {
        TranscriptWord[] words = new TranscriptWord[transcript.Words.Count];
        for (int i = 0; i < words.Length; i++)
            words[i] = transcript.Words[i] with { Start = transcript.Words[i].Start + start, End = transcript.Words[i].End + start };
        TranscriptUpdate update = new(kind, utterance, start, start + transcript.Duration, transcript.Text, words, transcript.Alternatives);
        return transcript.Letters.Count == 0 ? update : update with { Letters = [.. transcript.Letters.Select(l => l with { Time = l.Time + start })] };
    }
}
