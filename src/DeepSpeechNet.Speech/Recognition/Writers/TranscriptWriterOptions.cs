namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>What transcripts are written like.</summary>
public sealed record TranscriptWriterOptions
{
    /// <summary>Whether transcripts of several files go to one output, so that plain text must name them. Default: no.</summary>
    public bool SeveralFiles { get; init; }

    /// <summary>
    /// Whether plain text and tables list every word with its times and confidence. Default: no. JSON always does.
    /// </summary>
    public bool Words { get; init; }

    /// <summary>How subtitles are cut.</summary>
    public CueOptions Cues { get; init; } = new();
}
