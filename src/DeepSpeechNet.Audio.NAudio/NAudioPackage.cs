namespace DeepSpeechNet.Audio.NAudio;

/// <summary>Whether this build has NAudio.</summary>
public static class NAudioPackage
{
    /// <summary>Why <see cref="Files.NAudioDecoder"/> and <see cref="Capture.NAudioMicrophones"/> can do nothing, in a sentence; null where they can.</summary>
    public static string? Unavailable =>
#if NAUDIO
        null;
#else
        "This build has no NAudio: build with -p:OptionalPackages=true.";
#endif
}
