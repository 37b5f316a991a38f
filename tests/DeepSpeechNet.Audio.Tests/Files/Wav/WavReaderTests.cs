using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Audio.Tests.Files.Wav;

public sealed class WavReaderTests : WavRules
{
    protected override AudioReadOptions Options => AudioReadOptions.Default;

    [Fact]
    public void An_extensible_format_of_an_unknown_coding_is_refused()
    {
        byte[] file = ExtensibleFile(1, 16);
        file[50] ^= 1;
        AssertFault("its extensible format chunk names an unknown coding", file);
    }

    [Fact]
    public void Odd_widths_lie_in_the_upper_bits()
    {
        byte[] file = WavFile.Make(1, 1, 12, WavFile.Bytes(0x4000, -0x8000));
        Assert.Equal([0.5f, -1], AudioReading.ReadAll(file).Samples);
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
        Assert.Equal(40_000, count);
    }
}
