namespace DeepSpeechNet.Audio.Files.SndFile;

/// <summary>libsndfile's SFM_READ and SFM_WRITE.</summary>
internal enum SndFileMode
{
    Read = 0x10,
    Write = 0x20,
}
