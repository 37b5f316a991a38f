using DeepSpeechNet.Audio.Files.Flac;
using DeepSpeechNet.Audio.Files.Wav;

namespace DeepSpeechNet.Audio.Files;

/// <summary>
/// Opens audio of any format read here, told apart by content, never by name: WAV and FLAC by this library; Ogg Vorbis and Opus,
/// MP3, AIFF and others through libsndfile where the system has it, and what the options' decoders add. Thread-safe.
/// </summary>
public static class AudioFile
{
    private const string Formats =
        "WAV and FLAC are read, and through libsndfile Ogg Vorbis, Ogg Opus, MP3 and AIFF; convert others, for example with: ffmpeg -i FILE out.wav";

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file; a device or named pipe will do.</param>
    /// <param name="options">Limits, or null for the default ones.</param>
    /// <returns>A reader at the first sample; disposing of it closes the file.</returns>
    /// <exception cref="AudioFormatException">The path is a folder, or the content cannot be used.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IAudioReader Open(string path, AudioReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new AudioFormatException(path, "it is a folder, not an audio file.");
        }

        var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        return Open(stream, path, options, ownsStream: true);
    }

    /// <summary>Opens a stream, which may be a pipe: WAV and FLAC are read forwards only, other formats are kept aside first.</summary>
    /// <param name="stream">The content, from its present position on; it stays the caller's to close, after the reader.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">Limits, or null for the default ones.</param>
    /// <returns>A reader at the first sample.</returns>
    /// <exception cref="AudioFormatException">The content cannot be used.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public static IAudioReader Open(Stream stream, string name, AudioReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return Open(stream, name, options, ownsStream: false);
    }

    /// <summary>Reads a whole file as one channel, the mean of all, at a rate.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">The rate wanted, in hertz.</param>
    /// <param name="options">Limits, or null for the default ones.</param>
    /// <returns>The samples and what was odd about the file.</returns>
    /// <exception cref="AudioFormatException">The content cannot be used.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static AudioClip ReadMono(string path, int sampleRate = 16000, AudioReadOptions? options = null)
    {
        using IAudioReader reader = Open(path, options);
        return MonoReading.ReadAll(reader, path, sampleRate, options ?? AudioReadOptions.Default);
    }

    /// <summary>Reads a whole stream as one channel, the mean of all, at a rate.</summary>
    /// <param name="stream">The content, from its present position on; it stays the caller's to close.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="sampleRate">The rate wanted, in hertz.</param>
    /// <param name="options">Limits, or null for the default ones.</param>
    /// <returns>The samples and what was odd about the content.</returns>
    /// <exception cref="AudioFormatException">The content cannot be used.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public static AudioClip ReadMono(Stream stream, string name, int sampleRate = 16000, AudioReadOptions? options = null)
    {
        using IAudioReader reader = Open(stream, name, options);
        return MonoReading.ReadAll(reader, name, sampleRate, options ?? AudioReadOptions.Default);
    }

    private static AudioReader Open(Stream stream, string name, AudioReadOptions? options, bool ownsStream)
    {
        var source = new ByteSource(stream, name, ownsStream);
        try
        {
            options ??= AudioReadOptions.Default;
            options.Validate();
            long origin = stream.CanSeek ? stream.Position : 0;
            byte[] head = options.Decoders.Count == 0 ? [] : source.Peek(AudioSniffer.Length).ToArray();
            if (options.DecodersFirst && Knows(options.Decoders, head))
            {
                return ForeignFormats.Open(source, stream, origin, head, sndFile: false, options, "");
            }

            bool tagged = Id3Tag.Skip(source);
            ReadOnlySpan<byte> start = source.Peek(AudioSniffer.Length);
            AudioContent content = AudioSniffer.Identify(start);
            switch (content)
            {
                case AudioContent.Wav:
                    return new WavReader(source, options);
                case AudioContent.Flac:
                    return new FlacReader(source, options);
                default:
                    if (start.IsEmpty && !tagged)
                    {
                        throw new AudioFormatException(name, "it is empty.");
                    }

                    // Behind a tag, padding before the first MP3 frame is common.
                    bool sndFile = content == AudioContent.SndFile || tagged;
                    return ForeignFormats.Open(source, stream, origin, head, sndFile, options, $"{AudioSniffer.Describe(start)}. {Formats}");
            }
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static bool Knows(IReadOnlyList<IAudioDecoder> decoders, ReadOnlySpan<byte> head)
    {
        foreach (IAudioDecoder decoder in decoders)
        {
            if (decoder.Reads(head))
            {
                return true;
            }
        }

        return false;
    }
}
