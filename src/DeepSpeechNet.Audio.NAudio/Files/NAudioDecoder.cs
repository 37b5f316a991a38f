using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Audio.NAudio.Files;

/// <summary>
/// Reads files through NAudio: WAV and AIFF anywhere; MP3, M4A, AAC and WMA on Windows, whose own decoders do the work (for MP3 the ACM or DMO decoder behind
/// NAudio's frame reader, otherwise Media Foundation). In a build without the package it says so for what it would read. Thread-safe.
/// </summary>
public sealed class NAudioDecoder : IAudioDecoder
{
    private readonly bool _windows;

    /// <summary>The decoder of this system.</summary>
    public NAudioDecoder()
        : this(OperatingSystem.IsWindows())
    {
    }

    internal NAudioDecoder(bool windows) => _windows = windows;

    /// <inheritdoc/>
    public bool Reads(ReadOnlySpan<byte> start) => Identify(start) switch
    {
        NAudioFormat.Wav => NAudioPackage.Unavailable is null,

        // Where libsndfile is not at home the package is what helps.
        NAudioFormat.Aiff => NAudioPackage.Unavailable is null || _windows,
        NAudioFormat.Mp3 or NAudioFormat.Media => _windows,
        _ => false,
    };

    /// <inheritdoc/>
    public IAudioReader Open(Stream content, ReadOnlySpan<byte> start, string name)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(name);
        NAudioFormat format = Identify(start);
        if (format == NAudioFormat.Unknown)
        {
            throw new AudioFormatException(name, "NAudio does not read its format.");
        }

        if (NAudioPackage.Unavailable is { } missing)
        {
            throw new AudioFormatException(name, $"its format, {Name(format)}, is read through NAudio. {missing}");
        }

        if (!_windows && format is NAudioFormat.Mp3 or NAudioFormat.Media)
        {
            throw new AudioFormatException(
                name, $"its format, {Name(format)}, is decoded by Windows, which NAudio asks; on other systems convert it, for example with: ffmpeg -i FILE out.wav");
        }

#if NAUDIO
        return new WaveStreamReader(format, content, name);
#else
        throw new NotSupportedException(NAudioPackage.Unavailable);
#endif
    }

    /// <summary>Says what content that starts so is.</summary>
    internal static NAudioFormat Identify(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4)
        {
            return NAudioFormat.Unknown;
        }

        if (start.StartsWith("RIFF"u8) || start.StartsWith("RF64"u8))
        {
            return At(start, 8, "WAVE"u8) ? NAudioFormat.Wav : NAudioFormat.Unknown;
        }

        if (start.StartsWith("FORM"u8))
        {
            return At(start, 8, "AIFF"u8) || At(start, 8, "AIFC"u8) ? NAudioFormat.Aiff : NAudioFormat.Unknown;
        }

        // An object of Windows Media (ASF, section 3.1), or the file type box of MP4 (ISO 14496-12, section 4.3).
        if (start.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75]) || At(start, 4, "ftyp"u8))
        {
            return NAudioFormat.Media;
        }

        if (start.StartsWith("ID3"u8))
        {
            return NAudioFormat.Mp3;
        }

        // MPEG frames: 11 set bits, version, layer. No layer means AAC in ADTS frames (ISO 13818-7, section 6.2), which have a 12th bit set.
        if (start[0] != 0xFF || (start[1] & 0xE0) != 0xE0 || (start[1] & 0x18) == 0x08)
        {
            return NAudioFormat.Unknown;
        }

        return (start[1] & 0x06) switch
        {
            0x02 => (start[2] & 0xF0) != 0xF0 && (start[2] & 0x0C) != 0x0C ? NAudioFormat.Mp3 : NAudioFormat.Unknown,
            0x00 => (start[1] & 0x10) != 0 && (start[2] & 0x3C) <= 0x30 ? NAudioFormat.Media : NAudioFormat.Unknown,
            _ => NAudioFormat.Unknown,
        };
    }

    private static string Name(NAudioFormat format) => format switch
    {
        NAudioFormat.Wav => "WAV",
        NAudioFormat.Aiff => "AIFF",
        NAudioFormat.Mp3 => "MP3",
        _ => "MP4, AAC or WMA",
    };

    private static bool At(ReadOnlySpan<byte> start, int offset, ReadOnlySpan<byte> mark) =>
        start.Length >= offset + mark.Length && start.Slice(offset, mark.Length).SequenceEqual(mark);
}
