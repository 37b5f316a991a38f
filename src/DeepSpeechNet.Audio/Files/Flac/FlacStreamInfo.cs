using System.Buffers.Binary;

namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>The STREAMINFO block (RFC 9639, section 8.2), checked. <see cref="TotalFrames"/> is samples a channel, 0 for unknown.</summary>
internal sealed record FlacStreamInfo(int SampleRate, int Channels, int BitsPerSample, long TotalFrames, byte[] Md5)
{
    /// <summary>Bytes of the block.</summary>
    public const int Length = 34;

    /// <summary>Whether the encoder stored a digest of the samples.</summary>
    public bool HasMd5 => Md5.AsSpan().ContainsAnyExcept((byte)0);

    /// <exception cref="AudioFormatException">A field is out of range.</exception>
    public static FlacStreamInfo Parse(ReadOnlySpan<byte> block, string name)
    {
        // After block and frame sizes, which nothing here needs: 20 bits rate, 3 channels - 1, 5 bits a sample - 1, 36 total.
        ulong packed = BinaryPrimitives.ReadUInt64BigEndian(block[10..]);
        int rate = (int)(packed >> 44);
        int channels = (int)((packed >> 41) & 7) + 1;
        int bits = (int)((packed >> 36) & 31) + 1;
        if (rate == 0)
        {
            throw new AudioFormatException(name, "its FLAC header says 0 samples a second.");
        }

        if (bits < 4)
        {
            throw new AudioFormatException(name, $"its FLAC header says {bits} bits a sample where 4 to 32 are possible.");
        }

        return new FlacStreamInfo(rate, channels, bits, (long)(packed & 0xF_FFFF_FFFF), block.Slice(18, 16).ToArray());
    }
}
