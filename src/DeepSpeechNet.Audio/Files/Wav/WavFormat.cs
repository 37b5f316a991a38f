using System.Buffers.Binary;

namespace DeepSpeechNet.Audio.Files.Wav;

/// <summary>The content of a WAV file's "fmt " chunk, checked.</summary>
internal readonly record struct WavFormat(SampleEncoding Encoding, int Channels, int SampleRate)
{
    /// <summary>The most bytes of the chunk that say anything.</summary>
    public const int LongestChunk = 40;

    private const int Pcm = 1;
    private const int IeeeFloat = 3;
    private const int ALaw = 6;
    private const int MuLaw = 7;
    private const int Extensible = 0xFFFE;

    /// <summary>Bytes of one sample of every channel.</summary>
    public int FrameBytes => Channels * SampleDecoding.BytesPerSample(Encoding);

    /// <summary>Reads the chunk (its first 40 bytes suffice).</summary>
    /// <exception cref="AudioFormatException">A field is out of range or the coding is not one this reader knows.</exception>
    public static WavFormat Parse(ReadOnlySpan<byte> chunk, string name)
    {
        if (chunk.Length < 16)
        {
            throw new AudioFormatException(name, $"its format chunk has {chunk.Length} bytes where WAV needs at least 16.");
        }

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int frameBytes = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (tag == Extensible)
        {
            tag = ExtensibleTag(chunk, name);
        }

        if (channels == 0)
        {
            throw new AudioFormatException(name, "its format chunk says 0 channels.");
        }

        if (rate is 0 or > int.MaxValue)
        {
            throw new AudioFormatException(name, $"its format chunk says {rate} samples a second.");
        }

        // Odd widths lie in the upper bits of the next whole byte.
        SampleEncoding encoding = (tag, (bits + 7) / 8) switch
        {
            (Pcm, 1) => SampleEncoding.Pcm8,
            (Pcm, 2) => SampleEncoding.Pcm16,
            (Pcm, 3) => SampleEncoding.Pcm24,
            (Pcm, 4) => SampleEncoding.Pcm32,
            (IeeeFloat, 4) when bits == 32 => SampleEncoding.Float32,
            (IeeeFloat, 8) when bits == 64 => SampleEncoding.Float64,
            (ALaw, 1) => SampleEncoding.ALaw,
            (MuLaw, 1) => SampleEncoding.MuLaw,
            _ => throw new AudioFormatException(
                name,
                $"it holds {CodingName(tag)} of {bits} bits, which is not read here (PCM of 8 to 32 bits, float of 32 or 64, A-law and mu-law are); convert it, for example with: ffmpeg -i FILE -c:a pcm_s16le out.wav"),
        };

        var format = new WavFormat(encoding, channels, (int)rate);
        if (frameBytes != format.FrameBytes)
        {
            throw new AudioFormatException(
                name, $"its format chunk says {frameBytes} bytes a frame where {channels} channels of {bits} bits take {format.FrameBytes}.");
        }

        return format;
    }

    /// <summary>The tag that an extensible format stands for: the first two bytes of its sub-format GUID.</summary>
    private static int ExtensibleTag(ReadOnlySpan<byte> chunk, string name)
    {
        if (chunk.Length < LongestChunk)
        {
            throw new AudioFormatException(name, $"its extensible format chunk has {chunk.Length} bytes where {LongestChunk} are needed.");
        }

        // The rest of the GUID is that of KSDATAFORMAT_SUBTYPE, xxxxxxxx-0000-0010-8000-00AA00389B71.
        ReadOnlySpan<byte> rest = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
        if (!chunk.Slice(26, 14).SequenceEqual(rest))
        {
            throw new AudioFormatException(name, $"its extensible format chunk names an unknown coding, {new Guid(chunk.Slice(24, 16))}.");
        }

        return BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
    }

    private static string CodingName(int tag) => tag switch
    {
        Pcm => "PCM",
        2 => "Microsoft ADPCM",
        IeeeFloat => "floating-point samples",
        ALaw => "A-law",
        MuLaw => "mu-law",
        0x11 => "IMA ADPCM",
        0x31 => "GSM 6.10",
        0x50 => "MPEG layer I or II",
        0x55 => "MP3",
        _ => $"coding 0x{tag:X4}",
    };
}
