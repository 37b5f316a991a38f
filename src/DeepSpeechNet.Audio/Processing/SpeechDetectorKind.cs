namespace DeepSpeechNet.Audio.Processing;

/// <summary>What tells speech from background.</summary>
public enum SpeechDetectorKind
{
    /// <summary>Likelihoods of noise alone and of noise with speech in bands, and a voice in it (<see cref="SpeechDetector"/>).</summary>
    Likelihood,

    /// <summary>Loudness alone: what is louder than the background is speech, so a knock or a clatter is, too.</summary>
    Loudness,
}
