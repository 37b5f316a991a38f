namespace DeepSpeechNet.Audio.Files;

/// <summary>Tells formats by their first bytes; names of files count for nothing.</summary>
internal static class AudioSniffer
{
    /// <summary>How many bytes are looked at.</summary>
    public const int Length = 512;

    /// <summary>Says what content that starts with these bytes is.</summary>
    public static AudioContent Identify(ReadOnlySpan<byte> start)
    {
        if (IsWav(start))
        {
            return AudioContent.Wav;
        }

        if (start.StartsWith("fLaC"u8))
        {
            return AudioContent.Flac;
        }

        bool sndFile = start.StartsWith("OggS"u8)
            || IsMpegFrame(start)
            || (start.StartsWith("FORM"u8) && (At(start, 8, "AIFF"u8) || At(start, 8, "AIFC"u8)))
            || start.StartsWith(".snd"u8)
            || start.StartsWith("caff"u8)
            || start.StartsWith("riff"u8)
            || start.StartsWith("RIFX"u8);
        return sndFile ? AudioContent.SndFile : AudioContent.Unknown;
    }

    /// <summary>A sentence, without its full stop, on what unknown content seems to be.</summary>
    public static string Describe(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
        {
            return "it is empty";
        }

        if (At(start, 4, "ftyp"u8))
        {
            return "it is an MP4 or M4A file";
        }

        if (start.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
        {
            return "it is a WebM or Matroska file";
        }

        if (start.StartsWith("RIFF"u8) && start.Length >= 12)
        {
            return "it is a RIFF file of another kind than WAVE";
        }

        return IsText(start) ? "it holds text, not audio" : "it is not in an audio format known here";
    }

    private static bool IsWav(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("RIFF"u8) && !start.StartsWith("RF64"u8) && !start.StartsWith("BW64"u8))
        {
            return false;
        }

        // A file cut inside its first 12 bytes is called a WAV, whose reader then says that it is cut short.
        return start.Length < 12 || At(start, 8, "WAVE"u8);
    }

    /// <summary>
    /// MPEG audio, layers II and III: 11 set bits, then a version, layer, bit rate and sampling rate that exist. Layer I, which
    /// nobody uses, looks like the start of a text in UTF-16.
    /// </summary>
    private static bool IsMpegFrame(ReadOnlySpan<byte> start) =>
        start.Length >= 4 && start[0] == 0xFF && (start[1] & 0xE0) == 0xE0
        && (start[1] & 0x18) != 0x08 && (start[1] & 0x06) is 0x02 or 0x04
            && (start[2] & 0xF0) != 0xF0 && (start[2] & 0x0C) != 0x0C;

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return true;
        }

        foreach (byte b in start)
        {
            if (b is < 0x20 and not (9 or 10 or 12 or 13) or 0x7F)
            {
                return false;
            }
        }

        return true;
    }

    private static bool At(ReadOnlySpan<byte> start, int offset, ReadOnlySpan<byte> mark) =>
        start.Length >= offset + mark.Length && start.Slice(offset, mark.Length).SequenceEqual(mark);
}
