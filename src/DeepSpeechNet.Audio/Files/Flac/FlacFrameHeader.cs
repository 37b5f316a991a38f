using System.Numerics;

namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>
/// A frame's header (RFC 9639, section 9.1). <see cref="Assignment"/>: 0 to 7 independent channels, 8 left and side, 9 side and
/// right, 10 mid and side.
/// </summary>
internal readonly record struct FlacFrameHeader(int BlockSize, int Assignment)
{
    public const int LeftSide = 8;
    public const int SideRight = 9;
    public const int MidSide = 10;

    /// <summary>Reads a header and checks it against the stream's.</summary>
    /// <exception cref="FlacFaultException">It is damaged, cut, or differs from the stream's.</exception>
    public static FlacFrameHeader Read(BitReader reader, FlacStreamInfo info)
    {
        // At most 4 bytes, 7 of the coded number, 2 of block size, 2 of rate, the CRC.
        Span<byte> bytes = stackalloc byte[16];
        int count = 0;
        uint sync = (Next(reader, bytes, ref count) << 8) | Next(reader, bytes, ref count);
        if ((sync & 0xFFFE) != 0xFFF8)
        {
            throw new FlacFaultException($"its first bytes are {sync:X4} where a frame starts with FFF8 or FFF9");
        }

        uint sizes = Next(reader, bytes, ref count);
        uint layout = Next(reader, bytes, ref count);
        SkipCodedNumber(reader, bytes, ref count);
        int blockSize = BlockSizeOf((int)(sizes >> 4), reader, bytes, ref count);
        int rate = RateOf((int)(sizes & 15), info, reader, bytes, ref count);
        byte crc = Crc.Crc8(bytes[..count]);
        if (reader.ReadBits(8) != crc)
        {
            throw new FlacFaultException("the checksum of its header is wrong");
        }

        int assignment = (int)(layout >> 4);
        int channels = assignment < 8 ? assignment + 1 : 2;
        int bits = BitsOf((int)((layout >> 1) & 7), info);
        if (assignment > MidSide || (layout & 1) != 0)
        {
            throw new FlacFaultException("its header uses a reserved value");
        }

        if (channels != info.Channels || bits != info.BitsPerSample || rate != info.SampleRate)
        {
            throw new FlacFaultException(
                $"it has {channels} channels of {bits} bits at {rate} Hz where the file began with {info.Channels} of {info.BitsPerSample} at {info.SampleRate}, a change that is not read here");
        }

        return new FlacFrameHeader(blockSize, assignment);
    }

    private static uint Next(BitReader reader, Span<byte> bytes, ref int count)
    {
        uint value = reader.ReadBits(8);
        bytes[count++] = (byte)value;
        return value;
    }

    /// <summary>The frame's or first sample's number, coded as UTF-8 codes characters, up to 7 bytes.</summary>
    private static void SkipCodedNumber(BitReader reader, Span<byte> bytes, ref int count)
    {
        uint first = Next(reader, bytes, ref count);
        int ones = BitOperations.LeadingZeroCount(~(first << 24));
        bool valid = ones is not 1 and not 8;
        for (int i = 1; i < ones && valid; i++)
        {
            valid = (Next(reader, bytes, ref count) & 0xC0) == 0x80;
        }

        if (!valid)
        {
            throw new FlacFaultException("its number is not coded as it should be");
        }
    }

    private static int BlockSizeOf(int code, BitReader reader, Span<byte> bytes, ref int count) => code switch
    {
        0 => throw new FlacFaultException("its header uses a reserved block size"),
        1 => 192,
        <= 5 => 576 << (code - 2),
        6 => (int)Next(reader, bytes, ref count) + 1,
        7 => (int)((Next(reader, bytes, ref count) << 8) | Next(reader, bytes, ref count)) + 1,
        _ => 256 << (code - 8),
    };

    private static int RateOf(int code, FlacStreamInfo info, BitReader reader, Span<byte> bytes, ref int count) => code switch
    {
        0 => info.SampleRate,
        1 => 88200,
        2 => 176400,
        3 => 192000,
        4 => 8000,
        5 => 16000,
        6 => 22050,
        7 => 24000,
        8 => 32000,
        9 => 44100,
        10 => 48000,
        11 => 96000,
        12 => (int)Next(reader, bytes, ref count) * 1000,
        13 => (int)((Next(reader, bytes, ref count) << 8) | Next(reader, bytes, ref count)),
        14 => (int)((Next(reader, bytes, ref count) << 8) | Next(reader, bytes, ref count)) * 10,
        _ => throw new FlacFaultException("its header uses a forbidden sampling rate"),
    };

    private static int BitsOf(int code, FlacStreamInfo info) => code switch
    {
        0 => info.BitsPerSample,
        1 => 8,
        2 => 12,
        4 => 16,
        5 => 20,
        6 => 24,
        7 => 32,
        _ => throw new FlacFaultException("its header uses a reserved sample size"),
    };
}
