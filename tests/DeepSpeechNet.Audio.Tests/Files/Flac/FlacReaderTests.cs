using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Audio.Tests.Files.Flac;

public sealed class FlacReaderTests
{
    public static TheoryData<int, int> FixedForms()
    {
        var data = new TheoryData<int, int>();
        for (int order = 0; order <= 4; order++)
        {
            foreach (int bits in (int[])[4, 8, 12, 13, 16, 20, 24, 28, 32])
            {
                data.Add(order, bits);
            }
        }

        return data;
    }

    public static TheoryData<int> LinearOrders() => [.. Enumerable.Range(1, 32)];

    [Theory]
    [MemberData(nameof(FixedForms))]
    public void Fixed_predictors_of_every_order_and_width_give_the_samples_back(int order, int bits) =>
        AssertLossless(new FlacEncoder { Subframe = Subframe.Fixed, Order = order, Bits = bits, Rice2 = bits > 16, PartitionOrder = 3 }, 1);

    [Theory]
    [MemberData(nameof(LinearOrders))]
    public void Linear_predictors_of_every_order_give_the_samples_back(int order)
    {
        AssertLossless(new FlacEncoder { Subframe = Subframe.Linear, Order = order, PartitionOrder = 2 }, 1);
        AssertLossless(new FlacEncoder { Subframe = Subframe.Linear, Order = order, Bits = 24, Rice2 = true }, 2);
        AssertLossless(new FlacEncoder { Subframe = Subframe.Linear, Order = order, Bits = 32, Rice2 = true, Wasted = 4 }, 1);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    public void Verbatim_and_constant_channels_give_the_samples_back(int bits)
    {
        AssertLossless(new FlacEncoder { Bits = bits }, 3);
        int[][] flat = [.. Enumerable.Range(-1, 3).Select(c => Enumerable.Repeat(c << (bits - 2), 500).ToArray())];
        AssertLossless(new FlacEncoder { Bits = bits, Subframe = Subframe.Constant }, flat);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(32)]
    public void Every_pairing_of_two_channels_gives_the_samples_back(int bits)
    {
        foreach (Pairing pairing in (Pairing[])[Pairing.LeftSide, Pairing.SideRight, Pairing.MidSide])
        {
            var encoder = new FlacEncoder { Bits = bits, Pairing = pairing };
            AssertLossless(encoder, 2);
            AssertLossless(encoder with { Subframe = Subframe.Fixed, Order = 2, Rice2 = true }, 2);
            AssertLossless(encoder with { Subframe = Subframe.Linear, Order = 9, Rice2 = true }, 2);
            AssertLossless(encoder with { Subframe = Subframe.Constant }, [[.. Enumerable.Repeat(3, 300)], [.. Enumerable.Repeat(-4, 300)]]);
        }
    }

    [Fact]
    public void The_widest_difference_of_32_bit_channels_is_kept()
    {
        int[] up = [int.MaxValue, int.MinValue, 0, -1, 1, int.MaxValue];
        int[] down = [int.MinValue, int.MaxValue, -1, 0, 1, int.MaxValue];
        foreach (Pairing pairing in (Pairing[])[Pairing.LeftSide, Pairing.SideRight, Pairing.MidSide])
        {
            AssertLossless(new FlacEncoder { Bits = 32, Pairing = pairing }, [up, down]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Escaped_partitions_give_the_samples_back(bool rice2)
    {
        AssertLossless(new FlacEncoder { Subframe = Subframe.Fixed, Order = 2, Escape = true, Rice2 = rice2, PartitionOrder = 4 }, 2);
        AssertLossless(new FlacEncoder { Subframe = Subframe.Fixed, Order = 0, Escape = true, Rice2 = rice2 }, [new int[400]]);
    }

    [Fact]
    public void Unused_low_bits_are_put_back() =>
        AssertLossless(new FlacEncoder { Subframe = Subframe.Fixed, Order = 3, Bits = 24, Wasted = 9 }, 2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void One_to_eight_channels_are_read(int channels) =>
        AssertLossless(new FlacEncoder { Subframe = Subframe.Linear, Order = 6, Bits = 24, Rice2 = true }, channels);

    [Theory]
    [InlineData(new[] { 192 })]
    [InlineData(new[] { 576 })]
    [InlineData(new[] { 1152 })]
    [InlineData(new[] { 2304 })]
    [InlineData(new[] { 4608 })]
    [InlineData(new[] { 256 })]
    [InlineData(new[] { 4096 })]
    [InlineData(new[] { 32768 })]
    [InlineData(new[] { 65535 })]
    [InlineData(new[] { 17 })]
    [InlineData(new[] { 16, 1000, 256, 1, 4608, 300 })]
    public void Every_form_of_block_size_is_read(int[] sizes) =>
        AssertLossless(new FlacEncoder { BlockSizes = sizes, Subframe = Subframe.Fixed, Order = 1 }, FlacSignals.Tone(1, (3 * sizes.Max()) + 5, 16));

    [Theory]
    [InlineData(8000)]
    [InlineData(44100)]
    [InlineData(96000)]
    [InlineData(7000)]
    [InlineData(11025)]
    [InlineData(655350)]
    [InlineData(1)]
    public void Every_form_of_sampling_rate_is_read(int rate)
    {
        byte[] file = new FlacEncoder { SampleRate = rate }.Encode(FlacSignals.Tone(1, 400, 16));
        using IAudioReader reader = AudioFile.Open(new MemoryStream(file), "x.flac");
        Assert.Equal(rate, reader.SampleRate);
        Assert.Equal(400, AudioReading.ReadAll(reader).Length);
        AssertLossless(new FlacEncoder { SampleRate = rate, StateAll = false, Bits = 17 }, 1);
    }

    [Fact]
    public void Long_files_count_frames_beyond_one_byte() =>
        AssertLossless(new FlacEncoder { BlockSizes = [16], Subframe = Subframe.Fixed, Order = 1 }, FlacSignals.Tone(1, 16 * 2100, 16));

    [Fact]
    public void Other_metadata_and_tags_around_the_file_are_skipped()
    {
        int[][] signal = FlacSignals.Tone(2, 1000, 16);
        var encoder = new FlacEncoder { Blocks = [(1, new byte[100_000]), (4, "vendor"u8.ToArray()), (3, []), (126, [1])] };
        byte[] file = encoder.Encode(signal);
        byte[] id3 = [.. "ID3"u8, 4, 0, 0, 0, 0, 5, 1, .. new byte[(5 << 7) + 1]];
        (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll([.. id3, .. id3, .. file, .. "TAG"u8, .. new byte[125]]);
        Assert.Equal(FlacSignals.Interleave(signal, 16), samples);
        Assert.Empty(warnings);

        file = (encoder with { TotalKnown = false }).Encode(signal);
        (samples, warnings) = AudioReading.ReadAll([.. file, .. "TAG"u8, .. new byte[125]]);
        Assert.Equal(FlacSignals.Interleave(signal, 16), samples);
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_file_of_unknown_length_is_read_to_its_end()
    {
        byte[] file = new FlacEncoder { TotalKnown = false }.Encode(FlacSignals.Tone(1, 1000, 16));
        using IAudioReader reader = AudioFile.Open(new MemoryStream(file), "x.flac");
        Assert.Null(reader.FrameCount);
        Assert.Equal(1000, AudioReading.ReadAll(reader).Length);
        Assert.Empty(reader.Warnings);
    }

    [Fact]
    public void A_wrong_digest_is_a_warning_and_none_is_nothing()
    {
        int[][] signal = FlacSignals.Tone(1, 1000, 16);
        byte[] file = new FlacEncoder().Encode(signal);
        file[8 + 18 + 3] ^= 1;
        (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll(file);
        Assert.Equal(FlacSignals.Interleave(signal, 16), samples);
        Assert.Equal(["The MD5 digest of the samples is not the one in the header: the file was altered after it was encoded."], warnings);
        AssertLossless(new FlacEncoder { WithMd5 = false }, 1);
    }

    [Fact]
    public void A_frame_with_a_wrong_checksum_is_named()
    {
        byte[] file = new FlacEncoder { BlockSizes = [100] }.Encode(FlacSignals.Tone(1, 250, 16));

        // 42 bytes of header; a frame has 7 of header, 1 of type, 200 of samples, 2 of checksum.
        byte[] samples = [.. file];
        samples[42 + 210 + 50] ^= 4;
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(samples));
        Assert.Equal("test: FLAC frame 2, at byte 252 and 0.006 s, is damaged: its checksum is wrong.", fault.Message);

        byte[] header = [.. file];
        header[42 + 210 + 4] ^= 4;
        fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(header));
        Assert.Equal("test: FLAC frame 2, at byte 252 and 0.006 s, is damaged: the checksum of its header is wrong.", fault.Message);
    }

    [Fact]
    public void A_cut_file_gives_its_whole_frames_and_a_warning()
    {
        int[][] signal = FlacSignals.Tone(1, 250, 16);
        byte[] file = new FlacEncoder { BlockSizes = [100] }.Encode(signal);
        (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll(file[..(42 + 210 + 50)]);
        Assert.Equal(FlacSignals.Interleave([signal[0][..100]], 16), samples);
        Assert.Equal(["It is cut short inside frame 2: the header announces 250 samples a channel and 100 are there."], warnings);

        (samples, warnings) = AudioReading.ReadAll(file[..(42 + 420)]);
        Assert.Equal(200, samples.Length);
        Assert.Equal(["It is cut short: the header announces 250 samples a channel and 200 are there."], warnings);
    }

    [Fact]
    public void A_file_of_no_samples_is_refused()
    {
        byte[] file = new FlacEncoder().Encode(FlacSignals.Tone(1, 10, 16));
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file[..42]));
        Assert.Equal("test: it holds no samples. It is cut short: the header announces 10 samples a channel and 0 are there.", fault.Message);
    }

    [Fact]
    public void A_small_file_that_unfolds_into_much_stops_at_the_limit()
    {
        byte[] file = new FlacEncoder { BlockSizes = [65535], Subframe = Subframe.Constant, WithMd5 = false }.Encode([new int[65535]]);
        byte[] frame = file[42..];
        var bomb = new List<byte>(file[..42]);
        for (int i = 0; i < 1000; i++)
        {
            bomb.AddRange(frame);
        }

        var options = new AudioReadOptions { MaximumSamples = 1_000_000 };
        Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll([.. bomb], options));
        Assert.Throws<AudioFormatException>(() => AudioFile.ReadMono(new MemoryStream([.. bomb]), "bomb", 16000, options));
    }

    [Fact]
    public void Reading_allocates_nothing_once_it_runs()
    {
        byte[] file = new FlacEncoder { BlockSizes = [1000], Subframe = Subframe.Fixed, Order = 2 }.Encode(FlacSignals.Tone(2, 40_000, 16));
        using IAudioReader reader = AudioFile.Open(new MemoryStream(file), "x.flac");
        var block = new float[2 * 700];
        int count = 0;
        long least = Allocation.Least(
            () =>
            {
                count = 0;
                for (int i = 0; i < 20; i++)
                    count += reader.Read(block);
            },
            runs: 4);
        Assert.Equal(0, least);
        Assert.Equal(20 * block.Length * 5 / 7, count);
    }

    private static void AssertLossless(FlacEncoder encoder, int channels) =>
        AssertLossless(encoder, FlacSignals.Tone(channels, 700, encoder.Bits, encoder.Wasted));

    private static void AssertLossless(FlacEncoder encoder, int[][] signal)
    {
        (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll(encoder.Encode(signal));
        Assert.Equal(FlacSignals.Interleave(signal, encoder.Bits), samples);
        Assert.Empty(warnings);
    }
}
