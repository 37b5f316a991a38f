using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.FftSharp;

/// <summary>The Fourier transform of FftSharp in place of the built-in one, in builds that have the package.</summary>
public static class FftSharpPackage
{
    /// <summary>Why there is no such transform, in a sentence; null where there is.</summary>
    public static string? Unavailable =>
#if FFTSHARP
        null;
#else
        "This build has no FftSharp: build with -p:OptionalPackages=true.";
#endif

    /// <summary>Makes a transform; to be given to a front end or a recogniser.</summary>
    /// <param name="length">N, a power of two from 2 to 2^24.</param>
    /// <exception cref="ArgumentException"><paramref name="length"/> is not that.</exception>
    /// <exception cref="NotSupportedException">This build has no FftSharp (<see cref="Unavailable"/>).</exception>
    public static IFourierTransform Create(int length) =>
#if FFTSHARP
        new FftSharpTransform(length);
#else
        throw new NotSupportedException(Unavailable);
#endif
}
