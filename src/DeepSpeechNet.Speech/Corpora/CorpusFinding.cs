namespace DeepSpeechNet.Speech.Corpora;

/// <summary>What the corpus doctor finds.</summary>
public enum FindingKind
{
    /// <summary>The recording cannot be read.</summary>
    Unreadable,

    /// <summary>The text is empty.</summary>
    EmptyText,

    /// <summary>The text has a letter that the alphabet lacks.</summary>
    UnknownLetter,

    /// <summary>The text has more letters than the recording has frames, so that CTC has no path through it.</summary>
    TextTooLong,

    /// <summary>The same sound occurs twice.</summary>
    DuplicateSound,

    /// <summary>The same path occurs twice.</summary>
    DuplicatePath,

    /// <summary>Many samples are at full scale.</summary>
    Clipping,

    /// <summary>The recording is silent.</summary>
    Silence,

    /// <summary>The recording is shorter or longer than clips for training should be.</summary>
    OddDuration,

    /// <summary>The stated length is not that of the recording.</summary>
    WrongDuration,

    /// <summary>Letters per second are far from those of the rest of the corpus: often a wrong text.</summary>
    OddSpeakingRate,
}

/// <summary>One thing that the corpus doctor finds.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Clip">Number of the clip in the corpus.</param>
/// <param name="Path">Name of the recording.</param>
/// <param name="Message">One sentence: what, and by how much.</param>
public sealed record CorpusFinding(FindingKind Kind, int Clip, string Path, string Message);
