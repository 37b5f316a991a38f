namespace DeepSpeechNet.Audio.NAudio.Files;

/// <summary>What the first bytes of content are to NAudio.</summary>
internal enum NAudioFormat
{
    Unknown,
    Wav,
    Aiff,
    Mp3,

    /// <summary>A format of Media Foundation alone: MP4 and M4A, AAC in ADTS frames, WMA.</summary>
    Media,
}
