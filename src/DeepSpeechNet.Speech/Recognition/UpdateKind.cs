namespace DeepSpeechNet.Speech.Recognition;

/// <summary>What a <see cref="TranscriptUpdate"/> says.</summary>
public enum UpdateKind
{
    /// <summary>The text of an utterance that goes on; the next update of the same utterance takes its place.</summary>
    Partial,

    /// <summary>The text of an utterance that has ended; it never changes.</summary>
    Final,
}
