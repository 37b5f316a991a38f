namespace DeepSpeechNet.Audio.Files;

/// <summary>Reads formats that <see cref="AudioFile"/> cannot read by itself: see <see cref="AudioReadOptions.Decoders"/>. Thread-safe.</summary>
public interface IAudioDecoder
{
    /// <summary>Whether content that starts so is in a format that this decoder reads on this system.</summary>
    /// <param name="start">The first bytes, tags included: 512, or all there are.</param>
    bool Reads(ReadOnlySpan<byte> start);

    /// <summary>Opens content that <see cref="Reads"/> said yes to.</summary>
    /// <param name="content">
    /// The content, at its start and position 0. It can seek, and a read gives less than was asked for at the end alone. It stays the caller's to close, after the reader.
    /// </param>
    /// <param name="start">Its first bytes, as given to <see cref="Reads"/>.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>
    /// A reader at the first sample. The limits of <see cref="AudioReadOptions"/> and the check for samples that are no numbers are laid around it by
    /// <see cref="AudioFile"/>.
    /// </returns>
    /// <exception cref="AudioFormatException">The content cannot be used.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    IAudioReader Open(Stream content, ReadOnlySpan<byte> start, string name);
}
