namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>The forms in which transcripts are written.</summary>
public enum TranscriptFormat
{
    /// <summary>Words alone, or <c>path TAB text</c> a line for several files.</summary>
    Text,

    /// <summary>One JSON array with one object a file.</summary>
    Json,

    /// <summary>One JSON object a line and file, as it finishes.</summary>
    JsonLines,

    /// <summary>SubRip subtitles (.srt).</summary>
    SubRip,

    /// <summary>WebVTT subtitles (.vtt).</summary>
    WebVtt,

    /// <summary>A table with a header, tab-separated.</summary>
    Tsv,
}
