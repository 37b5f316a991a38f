using System.Security.Cryptography;

namespace DeepSpeechNet.Audio.Tests.Files.Flac;

internal enum Subframe
{
    Constant,
    Verbatim,
    Fixed,
    Linear,
}

internal enum Pairing
{
    Independent,
    LeftSide = 8,
    SideRight = 9,
    MidSide = 10,
}

/// <summary>
/// A FLAC encoder for tests, written from RFC 9639 with its own bit-by-bit checksums: it makes whatever form is asked for, however
/// wasteful.
/// </summary>
internal sealed record FlacEncoder
{
    public int SampleRate { get; init; } = 16000;

    public int Bits { get; init; } = 16;

    /// <summary>Samples of each frame, used in turn; the last frame takes what is left.</summary>
    public int[] BlockSizes { get; init; } = [192];

    public Subframe Subframe { get; init; } = Subframe.Verbatim;

    public int Order { get; init; }

    public int PartitionOrder { get; init; }

    public bool Rice2 { get; init; }

    /// <summary>Whether partitions hold plain numbers; all Rice codes otherwise.</summary>
    public bool Escape { get; init; }

    public int Wasted { get; init; }

    public Pairing Pairing { get; init; }

    public bool TotalKnown { get; init; } = true;

    public bool WithMd5 { get; init; } = true;

    /// <summary>Whether frames state rate and sample size, rather than refer to the stream's.</summary>
    public bool StateAll { get; init; } = true;

    /// <summary>Metadata blocks after the first: type and content.</summary>
    public (int Type, byte[] Content)[] Blocks { get; init; } = [];

    public byte[] Encode(int[][] channels)
    {
        var file = new List<byte>();
        file.AddRange("fLaC"u8);
        file.AddRange(StreamInfo(channels));
        for (int i = 0; i < Blocks.Length; i++)
        {
            (int type, byte[] content) = Blocks[i];
            file.Add((byte)(type | (i == Blocks.Length - 1 ? 0x80 : 0)));
            file.AddRange([(byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length]);
            file.AddRange(content);
        }

        int total = channels[0].Length;
        for (int start = 0, frame = 0; start < total; frame++)
        {
            int size = Math.Min(BlockSizes[frame % BlockSizes.Length], total - start);
            file.AddRange(Frame(frame, start, [.. channels.Select(c => c.AsSpan(start, size).ToArray())]));
            start += size;
        }

        return [.. file];
    }

    /// <summary>The remainder of the bits after division by a polynomial, bit by bit.</summary>
    public static int Remainder(IEnumerable<byte> bytes, int polynomial, int width)
    {
        int crc = 0;
        foreach (byte b in bytes)
        {
            for (int i = 7; i >= 0; i--)
            {
                int top = (crc >> (width - 1)) & 1;
                crc = (crc << 1) & ((1 << width) - 1);
                crc ^= (top ^ ((b >> i) & 1)) * polynomial;
            }
        }

        return crc;
    }

    private byte[] StreamInfo(int[][] channels)
    {
        var bits = new BitWriter();
        bits.Write(Blocks.Length == 0 ? 0x80 : 0, 8);
        bits.Write(34, 24);
        bits.Write(Math.Max(16, BlockSizes.Min()), 16);
        bits.Write(Math.Max(16, BlockSizes.Max()), 16);
        bits.Write(0, 48);
        bits.Write(SampleRate, 20);
        bits.Write(channels.Length - 1, 3);
        bits.Write(Bits - 1, 5);
        bits.Write(TotalKnown ? channels[0].Length : 0, 36);
        byte[] md5 = new byte[16];
        if (WithMd5)
        {
            int bytesPerSample = (Bits + 7) / 8;
            var bytes = new List<byte>();
            for (int i = 0; i < channels[0].Length; i++)
            {
                foreach (int[] channel in channels)
                {
                    for (int j = 0; j < bytesPerSample; j++)
                    {
                        bytes.Add((byte)(channel[i] >> (8 * j)));
                    }
                }
            }

#pragma warning disable CA5351 // The format asks for MD5.
            md5 = MD5.HashData([.. bytes]);
#pragma warning restore CA5351
        }

        return [.. bits.ToArray(), .. md5];
    }

    private byte[] Frame(int number, int firstSample, int[][] channels)
    {
        bool variable = BlockSizes.Length > 1;
        int size = channels[0].Length;
        var bits = new BitWriter();
        bits.Write(variable ? 0xFFF9 : 0xFFF8, 16);
        (int sizeCode, int sizeBits) = BlockSizeCode(size);
        (int rateCode, int rateBits, int rateValue) = RateCode();
        bits.Write(sizeCode, 4);
        bits.Write(rateCode, 4);
        bits.Write(Pairing == Pairing.Independent ? channels.Length - 1 : (int)Pairing, 4);
        bits.Write(StateAll ? Bits switch { 8 => 1, 12 => 2, 16 => 4, 20 => 5, 24 => 6, 32 => 7, _ => 0 } : 0, 3);
        bits.Write(0, 1);
        WriteCodedNumber(bits, variable ? firstSample : number);
        bits.Write(size - 1, sizeBits);
        bits.Write(rateValue, rateBits);
        bits.Write(Remainder(bits.ToArray(), 0x07, 8), 8);

        long[][] streams = [.. channels.Select(c => c.Select(s => (long)s).ToArray())];
        int side = -1;
        if (Pairing != Pairing.Independent)
        {
            long[] difference = [.. streams[0].Zip(streams[1], (l, r) => l - r)];
            long[] mean = [.. streams[0].Zip(streams[1], (l, r) => (l + r) >> 1)];
            side = Pairing == Pairing.SideRight ? 0 : 1;
            streams = Pairing switch
            {
                Pairing.LeftSide => [streams[0], difference],
                Pairing.SideRight => [difference, streams[1]],
                _ => [mean, difference],
            };
        }

        for (int i = 0; i < streams.Length; i++)
        {
            WriteSubframe(bits, streams[i], Bits + (i == side ? 1 : 0));
        }

        bits.Align();
        bits.Write(Remainder(bits.ToArray(), 0x8005, 16), 16);
        return bits.ToArray();
    }

    private static (int Code, int Bits) BlockSizeCode(int size)
    {
        for (int n = 2; n <= 5; n++)
        {
            if (size == 576 << (n - 2))
            {
                return (n, 0);
            }
        }

        for (int n = 8; n <= 15; n++)
        {
            if (size == 256 << (n - 8))
            {
                return (n, 0);
            }
        }

        return size == 192 ? (1, 0) : size <= 256 ? (6, 8) : (7, 16);
    }

    private (int Code, int Bits, int Value) RateCode()
    {
        if (!StateAll)
        {
            return (0, 0, 0);
        }

        int known = Array.IndexOf([0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000], SampleRate);
        return known > 0 ? (known, 0, 0)
            : SampleRate % 1000 == 0 && SampleRate < 256000 ? (12, 8, SampleRate / 1000)
            : SampleRate < 65536 ? (13, 16, SampleRate)
            : (14, 16, SampleRate / 10);
    }

    private static void WriteCodedNumber(BitWriter bits, long number)
    {
        if (number < 0x80)
        {
            bits.Write(number, 8);
            return;
        }

        int extra = 1;
        while (number >= 1L << ((6 * extra) + 6 - extra))
        {
            extra++;
        }

        bits.Write(((0xFF80L >> extra) & 0xFF) | (number >> (6 * extra)), 8);
        for (int i = extra - 1; i >= 0; i--)
        {
            bits.Write(0x80 | ((number >> (6 * i)) & 0x3F), 8);
        }
    }

    private void WriteSubframe(BitWriter bits, long[] samples, int width)
    {
        int order = Subframe is Subframe.Fixed or Subframe.Linear ? Math.Min(Order, samples.Length) : 0;
        int type = Subframe switch
        {
            Subframe.Constant => 0,
            Subframe.Verbatim => 1,
            Subframe.Fixed => 8 + order,
            _ => 31 + order,
        };
        bits.Write((type << 1) | (Wasted > 0 ? 1 : 0), 8);
        if (Wasted > 0)
        {
            bits.WriteUnary(Wasted - 1);
            samples = [.. samples.Select(s => s >> Wasted)];
            width -= Wasted;
        }

        if (Subframe == Subframe.Constant)
        {
            bits.Write(samples[0], width);
            return;
        }

        int plain = Subframe == Subframe.Verbatim ? samples.Length : order;
        for (int i = 0; i < plain; i++)
        {
            bits.Write(samples[i], width);
        }

        if (Subframe == Subframe.Verbatim)
        {
            return;
        }

        int shift = 0;
        long[] coefficients;
        if (Subframe == Subframe.Fixed)
        {
            coefficients = order switch { 0 => [], 1 => [1], 2 => [2, -1], 3 => [3, -3, 1], _ => [4, -6, 4, -1] };
        }
        else
        {
            // Any coefficients will do; these roughly continue a straight line.
            const int Precision = 14;
            shift = 11;
            var random = new Random(order);
            coefficients = [.. Enumerable.Range(0, order).Select(j => (j == 0 ? 3900L : j == 1 ? -1900L : 0) + random.Next(-60, 60))];
            bits.Write(Precision - 1, 4);
            bits.Write(shift, 5);
            foreach (long c in coefficients)
            {
                bits.Write(c, Precision);
            }
        }

        var residuals = new long[samples.Length];
        for (int i = order; i < samples.Length; i++)
        {
            long sum = 0;
            for (int j = 0; j < order; j++)
            {
                sum += coefficients[j] * samples[i - 1 - j];
            }

            residuals[i] = samples[i] - (sum >> shift);
        }

        WriteResiduals(bits, residuals, order);
    }

    private void WriteResiduals(BitWriter bits, long[] residuals, int order)
    {
        int partitionOrder = PartitionOrder;
        while (residuals.Length % (1 << partitionOrder) != 0 || residuals.Length >> partitionOrder < order)
        {
            partitionOrder--;
        }

        bits.Write(Rice2 ? 1 : 0, 2);
        bits.Write(partitionOrder, 4);
        int length = residuals.Length >> partitionOrder;
        int parameterBits = Rice2 ? 5 : 4;
        int start = order;
        for (int end = length; end <= residuals.Length; end += length)
        {
            long[] partition = residuals[start..end];
            start = end;
            long largest = partition.Length == 0 ? 0 : partition.Max(r => r < 0 ? ~r : r);
            int width = largest == 0 && partition.All(r => r == 0) ? 0 : 65 - (int)long.LeadingZeroCount(largest);
            if (Escape)
            {
                bits.Write((1 << parameterBits) - 1, parameterBits);
                bits.Write(width, 5);
                foreach (long r in partition)
                {
                    bits.Write(r, width);
                }

                continue;
            }

            int parameter = Math.Clamp(width - 3, 0, Rice2 ? 30 : 14);
            bits.Write(parameter, parameterBits);
            foreach (long r in partition)
            {
                long folded = r >= 0 ? 2 * r : (-2 * r) - 1;
                bits.WriteUnary(folded >> parameter);
                bits.Write(folded, parameter);
            }
        }
    }
}
