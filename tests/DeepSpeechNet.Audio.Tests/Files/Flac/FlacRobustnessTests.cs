namespace DeepSpeechNet.Audio.Tests.Files.Flac;

public sealed class FlacRobustnessTests
{
    public static TheoryData<string> Kinds() => ["verbatim", "fixed", "linear", "escape", "constant"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_file_cut_at_any_byte_gives_a_warning_or_one_kind_of_exception(string kind)
    {
        byte[] file = Sample(kind);
        int whole = HostileContent.Read(file)!.Value.Count;
        for (int length = 0; length < file.Length; length++)
        {
            if (HostileContent.Read(file[..length]) is var (count, warnings))
            {
                Assert.NotEmpty(warnings);
                Assert.InRange(count, 1, whole - 1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Any_altered_field_gives_samples_or_one_kind_of_exception(string kind)
    {
        byte[] file = Sample(kind);
        int refused = HostileContent.Alterations(file, file.Length).Count(altered => HostileContent.Read(altered) is null);
        Assert.InRange(refused, 100, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Altered_bits_with_checksums_made_right_again_are_decoded_or_refused(string kind)
    {
        // The checksums keep most damage from the decoder; a hostile file has them right.
        byte[] file = Sample(kind);
        int frameEnd = 42 + FrameLength(kind);
        for (int bit = 8 * 42; bit < 8 * (frameEnd - 2); bit++)
        {
            byte[] altered = [.. file];
            altered[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            altered[42 + 6] = (byte)FlacEncoder.Remainder(altered.Skip(42).Take(6), 0x07, 8);
            int crc = FlacEncoder.Remainder(altered.Take(frameEnd - 2).Skip(42), 0x8005, 16);
            (altered[frameEnd - 2], altered[frameEnd - 1]) = ((byte)(crc >> 8), (byte)crc);
            HostileContent.Read(altered);
        }
    }

    [Fact]
    public void Random_bytes_after_a_header_are_refused()
    {
        byte[] file = Sample("linear");
        var random = new Random(5);
        for (int i = 0; i < 300; i++)
        {
            byte[] noise = new byte[300];
            random.NextBytes(noise);
            HostileContent.Read([.. file[..42], .. noise]);
            HostileContent.Read([.. file[..49], .. noise]);
        }
    }

    private static FlacEncoder Encoder(string kind)
    {
        var encoder = new FlacEncoder { BlockSizes = [30] };
        return kind switch
        {
            "fixed" => encoder with { Subframe = Subframe.Fixed, Order = 2, Pairing = Pairing.MidSide },
            "linear" => encoder with { Subframe = Subframe.Linear, Order = 5, PartitionOrder = 1, Rice2 = true },
            "escape" => encoder with { Subframe = Subframe.Fixed, Order = 1, Escape = true, Bits = 32, Pairing = Pairing.LeftSide, Wasted = 3 },
            "constant" => encoder with { Subframe = Subframe.Constant },
            _ => encoder,
        };
    }

    private static byte[] Sample(string kind)
    {
        FlacEncoder encoder = Encoder(kind);
        return encoder.Encode(Signal(kind, encoder, 75));
    }

    private static int FrameLength(string kind)
    {
        FlacEncoder encoder = Encoder(kind);
        return encoder.Encode([.. Signal(kind, encoder, 75).Select(c => c[..30])]).Length - 42;
    }

    private static int[][] Signal(string kind, FlacEncoder encoder, int length) =>
        kind == "constant" ? [[.. Enumerable.Repeat(-7, length)]] : FlacSignals.Tone(2, length, encoder.Bits, encoder.Wasted);
}
