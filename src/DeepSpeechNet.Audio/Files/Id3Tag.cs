namespace DeepSpeechNet.Audio.Files;

/// <summary>The tag that some programs put before audio (ID3v2.4.0, section 3.1).</summary>
internal static class Id3Tag
{
    private const int HeaderBytes = 10;
    private const int FooterFlag = 0x10;

    /// <summary>Skips tags that come next and says whether any did.</summary>
    /// <exception cref="AudioFormatException">The stream ends inside a tag.</exception>
    public static bool Skip(ByteSource source)
    {
        bool any = false;
        while (Length(source.Peek(HeaderBytes)) is > 0 and var length)
        {
            any = true;
            if (source.Skip(length) < length)
            {
                throw new AudioFormatException(source.Name, "it ends inside the ID3 tag at its start; the file is cut short.");
            }
        }

        return any;
    }

    /// <summary>The length in bytes of the tag that starts here, 0 where none does.</summary>
    private static long Length(ReadOnlySpan<byte> start)
    {
        if (start.Length < HeaderBytes || !start.StartsWith("ID3"u8))
        {
            return 0;
        }

        // Four times seven bits; the upper bit of each byte is 0.
        int size = 0;
        foreach (byte b in start.Slice(6, 4))
        {
            if (b > 0x7F)
            {
                return 0;
            }

            size = (size << 7) | b;
        }

        return HeaderBytes + size + ((start[5] & FooterFlag) != 0 ? HeaderBytes : 0);
    }
}
