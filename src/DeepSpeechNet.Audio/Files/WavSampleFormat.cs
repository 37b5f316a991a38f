namespace DeepSpeechNet.Audio.Files;

/// <summary>How <see cref="WavWriter"/> stores samples.</summary>
public enum WavSampleFormat
{
    /// <summary>16-bit integers: values times 32768, rounded to the nearest (halves to even) and clipped to [-32768, 32767].</summary>
    Pcm16,

    /// <summary>32-bit floating point, stored as given.</summary>
    Float32,
}
