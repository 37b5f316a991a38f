using DeepSpeechNet.Audio.Capture;
using DeepSpeechNet.Audio.FftSharp;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.NAudio.Capture;
using DeepSpeechNet.Audio.NAudio.Files;
using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Cli;

/// <summary>What the optional packages add to sound, in builds that have them; in others, what says that they are missing where they would help.</summary>
internal static class OptionalAudio
{
    private const string BuiltIn = "built-in", FftSharp = "fftsharp";

    /// <summary>How files are read.</summary>
    public static AudioReadOptions Reading { get; } = new() { Decoders = [new NAudioDecoder()] };

    /// <summary>Where sound is captured.</summary>
    public static IMicrophones Microphones => OperatingSystem.IsWindows() ? new NAudioMicrophones() : Audio.Capture.Microphones.Alsa;

    /// <summary>The Fourier transforms by name.</summary>
    public static IReadOnlyList<string> FourierNames => [BuiltIn, FftSharp];

    /// <summary>What makes a Fourier transform by its name; null for the built-in one.</summary>
    /// <exception cref="UsageException">This build does not have it.</exception>
    public static Func<int, IFourierTransform>? Fourier(string? name) => name switch
    {
        FftSharp => FftSharpPackage.Unavailable is { } missing ? throw new UsageException(missing) : FftSharpPackage.Create,
        _ => null,
    };
}
