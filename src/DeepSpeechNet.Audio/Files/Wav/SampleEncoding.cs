namespace DeepSpeechNet.Audio.Files.Wav;

/// <summary>How one sample lies in the bytes of a WAV file.</summary>
internal enum SampleEncoding
{
    /// <summary>Unsigned, 128 is silence.</summary>
    Pcm8,
    Pcm16,
    Pcm24,
    Pcm32,
    Float32,
    Float64,

    /// <summary>ITU-T G.711.</summary>
    ALaw,

    /// <summary>ITU-T G.711.</summary>
    MuLaw,
}
