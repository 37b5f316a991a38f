namespace DeepSpeechNet.Audio.Files;

/// <summary>
/// Decodes one audio source from its start to its end, never going back. A reader belongs to one thread at a time.
/// </summary>
public interface IAudioReader : IDisposable
{
    /// <summary>Samples a second in each channel, in hertz.</summary>
    int SampleRate { get; }

    /// <summary>The number of channels, at least 1.</summary>
    int Channels { get; }

    /// <summary>
    /// Samples in each channel as the header announces them, or null where the header does not say or cannot be believed
    /// (a pipe). The content may still turn out shorter; <see cref="Warnings"/> then says so.
    /// </summary>
    long? FrameCount { get; }

    /// <summary>
    /// What was odd and still readable (a truncated file, a checksum over the whole that differs): sentences without the
    /// file's name. Complete once <see cref="Read"/> has returned 0.
    /// </summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>
    /// Decodes the next samples, channel by channel within each frame. Integer formats give values in [-1, 1); floating-point
    /// and lossy formats may go beyond by what their maker put there.
    /// </summary>
    /// <param name="interleaved">Where the samples go; only whole frames are written, so its length must be at least
    /// <see cref="Channels"/>.</param>
    /// <returns>The number of values written, a multiple of <see cref="Channels"/>; 0 at the end and ever after.</returns>
    /// <exception cref="ArgumentException"><paramref name="interleaved"/> is shorter than one frame.</exception>
    /// <exception cref="AudioFormatException">The content is damaged, beyond a limit, or holds no samples at all.</exception>
    /// <exception cref="IOException">The source failed.</exception>
    int Read(Span<float> interleaved);
}
