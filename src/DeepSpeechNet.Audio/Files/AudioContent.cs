namespace DeepSpeechNet.Audio.Files;

/// <summary>What the first bytes of a source say it is.</summary>
internal enum AudioContent
{
    Wav,
    Flac,

    /// <summary>A format for libsndfile: Ogg, MP3, AIFF, AU, CAF, Wave64, big-endian WAV.</summary>
    SndFile,

    Unknown,
}
