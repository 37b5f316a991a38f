using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Audio.Tests.Files.Wav;

public sealed class WavReaderTests
{
    private const int Extensible = 0xFFFE;

    // The end of the GUIDs that carry a coding's tag in their first two bytes.
    private static readonly byte[] GuidEnd = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    [Theory]
    [InlineData(1, 8)]
    [InlineData(1, 16)]
    [InlineData(1, 24)]
    [InlineData(1, 32)]
    [InlineData(3, 32)]
    [InlineData(3, 64)]
    [InlineData(6, 8)]
    [InlineData(7, 8)]
    public void Every_coding_is_read_with_any_number_of_channels(int tag, int bits)
    {
        foreach (int channels in (int[])[1, 2, 3, 17])
        {
            byte[] data = new byte[channels * bits / 8 * 50];
            if (tag != 3)
            {
                new Random(bits).NextBytes(data);
            }

            using IAudioReader reader = AudioFile.Open(new MemoryStream(WavFile.Make(tag, channels, bits, data, 12345)), "x.wav");
            Assert.Equal((12345, channels, 50), (reader.SampleRate, reader.Channels, reader.FrameCount));
            float[] samples = AudioReading.ReadAll(reader, 7);
            Assert.Equal(50 * channels, samples.Length);
            Assert.All(samples, s => Assert.InRange(s, -1, MathF.BitDecrement(1)));
            Assert.Empty(reader.Warnings);
        }
    }

    [Fact]
    public void Odd_widths_lie_in_the_upper_bits()
    {
        byte[] file = WavFile.Make(1, 1, 12, WavFile.Bytes(0x4000, -0x8000));
        Assert.Equal([0.5f, -1], AudioReading.ReadAll(file).Samples);
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(3, 32)]
    [InlineData(7, 8)]
    public void Extensible_formats_are_read(int tag, int bits)
    {
        byte[] plain = WavFile.Make(tag, 2, bits, new byte[2 * bits]);
        byte[] extension = [.. WavFile.Two(22), .. WavFile.Two(bits), .. WavFile.Four(3), .. WavFile.Two(tag), .. GuidEnd];
        byte[] extensible = [.. plain[..16], .. WavFile.Four(40), .. WavFile.Two(Extensible), .. plain[22..36], .. extension, .. plain[36..]];
        Assert.Equal(AudioReading.ReadAll(plain).Samples, AudioReading.ReadAll(extensible).Samples);

        extensible[50] ^= 1;
        AssertFault("its extensible format chunk names an unknown coding", extensible);
    }

    [Fact]
    public void Chunks_before_and_after_the_samples_are_skipped_with_their_padding()
    {
        byte[] before = [.. WavFile.Chunk("LIST", new byte[7]), .. WavFile.Chunk("junk", new byte[100_001]), .. WavFile.Chunk("fact", [1, 0, 0, 0])];
        byte[] after = [.. WavFile.Chunk("id3 ", new byte[9])];
        byte[] file = WavFile.Make(1, 1, 8, [128, 192, 64], before: before, after: after);
        (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll(file);
        Assert.Equal([0, 0.5f, -0.5f], samples);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(0xFFFFFFDBu)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0x7FFFF000u)]
    [InlineData(0x80000000u)]
    public void Lengths_that_a_pipe_could_not_know_mean_to_the_end(uint size)
    {
        byte[] file = WavFile.Make(1, 1, 16, WavFile.Bytes(16384, -16384, 8192), dataSize: size);
        using IAudioReader reader = AudioFile.Open(new PipeStream(new MemoryStream(file), 5), "pipe");
        Assert.Null(reader.FrameCount);
        Assert.Equal([0.5f, -0.5f, 0.25f], AudioReading.ReadAll(reader));
        Assert.Empty(reader.Warnings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_64_bit_file_takes_its_length_from_its_own_chunk(bool known)
    {
        byte[] data = WavFile.Bytes(16384, -16384);
        byte[] ds64 = WavFile.Chunk("ds64", [.. WavFile.Eight(0), .. WavFile.Eight(known ? 4 : -1), .. WavFile.Eight(2), .. WavFile.Four(0)]);
        byte[] file = WavFile.Make(1, 1, 16, data, dataSize: uint.MaxValue, riffSize: uint.MaxValue, before: ds64, after: known ? WavFile.Chunk("cue ", [1]) : []);
        foreach (byte[] id in (byte[][])["RF64"u8.ToArray(), "BW64"u8.ToArray()])
        {
            id.CopyTo(file, 0);
            using IAudioReader reader = AudioFile.Open(new MemoryStream(file), "x.wav");
            Assert.Equal(known ? 2 : null, reader.FrameCount);
            Assert.Equal([0.5f, -0.5f], AudioReading.ReadAll(reader));
            Assert.Empty(reader.Warnings);
        }
    }

    [Fact]
    public void A_cut_file_gives_what_is_there_and_a_warning()
    {
        byte[] file = WavFile.Make(1, 2, 16, WavFile.Bytes(1, 2, 3, 4, 5, 6));
        (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll(file[..^3]);
        Assert.Equal(4, samples.Length);
        Assert.Equal(["It is cut short: the header announces 3 samples a channel and 2 are there."], warnings);
    }

    [Theory]
    [InlineData(float.NaN, "not a number (NaN)")]
    [InlineData(float.NegativeInfinity, "infinite")]
    public void A_sample_that_is_not_finite_is_named(float value, string what)
    {
        var data = new byte[4 * 2 * 40_000];
        BitConverter.GetBytes(value).CopyTo(data, 4 * ((2 * 32_000) + 1));
        AssertFault($"sample 32000 of channel 2, at 2 s, is {what}; write the file anew from its source.", WavFile.Make(3, 2, 32, data));
        AssertFault("sample 1 of channel 1, at 0 s, is infinite", WavFile.Make(3, 1, 64, [.. new byte[8], .. BitConverter.GetBytes(1e300)]));
    }

    [Fact]
    public void Faults_of_the_header_are_told_in_one_sentence()
    {
        byte[] data = WavFile.Bytes(1, 2);
        AssertFault("it holds no samples.", WavFile.Make(1, 1, 16, []));
        AssertFault("it holds no samples.", WavFile.Make(1, 1, 16, [], after: WavFile.Chunk("LIST", [1, 2])));
        AssertFault("its format chunk says 0 channels.", WavFile.Make(1, 0, 16, data));
        AssertFault("its format chunk says 0 samples a second.", WavFile.Make(1, 1, 16, data, rate: 0));
        AssertFault("it holds IMA ADPCM of 4 bits, which is not read here", WavFile.Make(0x11, 1, 4, data));
        AssertFault("it holds PCM of 64 bits, which is not read here", WavFile.Make(1, 1, 64, data));
        AssertFault("it ends inside its header", WavFile.Make(1, 1, 16, data)[..10]);
        AssertFault("it ends before any samples", WavFile.Make(1, 1, 16, data)[..40]);
        byte[] file = WavFile.Make(1, 2, 16, data);
        file[32] = 3;
        AssertFault("its format chunk says 3 bytes a frame where 2 channels of 16 bits take 4.", file);
        AssertFault("its samples come before any format chunk.", [.. file[..12], .. WavFile.Chunk("data", data)]);
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(3, 32)]
    public void A_file_cut_at_any_byte_gives_a_warning_or_one_kind_of_exception(int tag, int bits)
    {
        byte[] file = WavFile.Make(tag, 2, bits, new byte[320], before: WavFile.Chunk("LIST", new byte[11]));
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

    [Fact]
    public void Any_altered_field_gives_samples_or_one_kind_of_exception()
    {
        byte[] ds64 = WavFile.Chunk("ds64", [.. WavFile.Eight(0), .. WavFile.Eight(80), .. WavFile.Eight(20), .. WavFile.Four(0)]);
        byte[] plain = WavFile.Make(1, 2, 16, new byte[80], before: WavFile.Chunk("LIST", new byte[3]), after: WavFile.Chunk("LIST", [1]));
        byte[] large = WavFile.Make(3, 1, 32, new byte[80], dataSize: uint.MaxValue, before: ds64);
        "RF64"u8.CopyTo(large);
        foreach (byte[] file in (byte[][])[plain, large])
        {
            int refused = HostileContent.Alterations(file, file.Length - 80).Count(altered => HostileContent.Read(altered) is null);
            Assert.InRange(refused, 100, int.MaxValue);
        }
    }

    [Fact]
    public void Reading_allocates_nothing_once_it_runs()
    {
        using IAudioReader reader = AudioFile.Open(new MemoryStream(WavFile.Make(1, 2, 16, new byte[400_000])), "x.wav");
        var block = new float[2000];
        reader.Read(block);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = 0;
        for (int i = 0; i < 50; i++)
        {
            count += reader.Read(block);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(100_000, count);
    }

    private static void AssertFault(string problem, byte[] file)
    {
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file));
        Assert.StartsWith($"test: {problem}", fault.Message, StringComparison.Ordinal);
    }
}
