using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Audio.Tests.Files.Wav;

/// <summary>What everybody who reads WAV files must do, this library or one of an optional package.</summary>
public abstract class WavRules
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

            using IAudioReader reader = AudioFile.Open(new MemoryStream(WavFile.Make(tag, channels, bits, data, 12345)), "x.wav", Options);
            Assert.Equal((12345, channels, 50), (reader.SampleRate, reader.Channels, reader.FrameCount));
            float[] samples = AudioReading.ReadAll(reader, 7);
            Assert.Equal(50 * channels, samples.Length);
            Assert.All(samples, s => Assert.InRange(s, -1, MathF.BitDecrement(1)));
            Assert.Empty(reader.Warnings);
        }
    }

    [Fact]
    public void Whole_numbers_are_divided_by_their_full_scale()
    {
        Assert.Equal([-1, -0.5f, 0, 0.5f], Read(WavFile.Make(1, 1, 8, [0, 64, 128, 192])));
        Assert.Equal([-1, 0.5f, 1 / 32768f, -1 / 32768f], Read(WavFile.Make(1, 2, 16, WavFile.Bytes(-32768, 16384, 1, -1))));
        Assert.Equal([-1, 0.5f, 1 / 8388608f], Read(WavFile.Make(1, 1, 24, [0, 0, 0x80, 0, 0, 0x40, 1, 0, 0])));
        Assert.Equal([-1, 0.25f], Read(WavFile.Make(1, 1, 32, [0, 0, 0, 0x80, 0, 0, 0, 0x20])));
        Assert.Equal([1.5f, -3e-9f], Read(WavFile.Make(3, 1, 32, [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-3e-9f)])));
        Assert.Equal([1.5f, -0.25f], Read(WavFile.Make(3, 1, 64, [.. BitConverter.GetBytes(1.5), .. BitConverter.GetBytes(-0.25)])));
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(3, 32)]
    [InlineData(7, 8)]
    public void Extensible_formats_are_read(int tag, int bits) =>
        Assert.Equal(Read(WavFile.Make(tag, 2, bits, new byte[2 * bits])), Read(ExtensibleFile(tag, bits)));

    [Fact]
    public void Chunks_before_and_after_the_samples_are_skipped_with_their_padding()
    {
        byte[] before = [.. WavFile.Chunk("LIST", new byte[7]), .. WavFile.Chunk("junk", new byte[100_001]), .. WavFile.Chunk("fact", [1, 0, 0, 0])];
        byte[] after = [.. WavFile.Chunk("id3 ", new byte[9])];
        byte[] file = WavFile.Make(1, 1, 8, [128, 192, 64], before: before, after: after);
        (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll(file, Options);
        Assert.Equal([0, 0.5f, -0.5f], samples);
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_cut_file_gives_what_is_there_and_a_warning()
    {
        byte[] file = WavFile.Make(1, 2, 16, WavFile.Bytes(1, 2, 3, 4, 5, 6));
        (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll(file[..^3], Options);
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
    public void A_stream_is_read_from_where_it_stands_and_stays_open()
    {
        using var stream = new MemoryStream([9, 9, 9, .. WavFile.Make(1, 1, 16, WavFile.Bytes(16384, -16384))]) { Position = 3 };
        Assert.Equal([0.5f, -0.5f], AudioFile.ReadMono(stream, "x", 16000, Options).Samples);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void The_limit_on_samples_holds()
    {
        byte[] file = WavFile.Make(1, 1, 16, new byte[2000], rate: 8000);
        AudioReadOptions options = Options with { MaximumSamples = 999 };
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioFile.ReadMono(new MemoryStream(file), "x", 8000, options));
        Assert.Contains("more than 999 samples", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_was_closed_says_so()
    {
        IAudioReader reader = AudioFile.Open(new MemoryStream(WavFile.Make(1, 1, 16, new byte[20])), "x", Options);
        reader.Dispose();
        reader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reader.Read(new float[10]));
    }

    [Fact]
    public void A_buffer_that_holds_no_frame_is_refused()
    {
        using IAudioReader reader = AudioFile.Open(new MemoryStream(WavFile.Make(1, 2, 16, new byte[20])), "x", Options);
        Assert.Throws<ArgumentException>(() => reader.Read(new float[1]));
    }

    [Fact]
    public void Cut_and_altered_files_give_samples_or_one_kind_of_exception()
    {
        byte[] file = WavFile.Make(1, 2, 16, new byte[80], before: WavFile.Chunk("LIST", new byte[3]), after: WavFile.Chunk("LIST", [1]));
        for (int length = 0; length < file.Length; length++)
            HostileContent.Read(file[..length], Options);
        foreach (byte[] altered in HostileContent.Alterations(file, file.Length - 80))
            HostileContent.Read(altered, Options);
    }

    /// <summary>How files are opened.</summary>
    protected abstract AudioReadOptions Options { get; }

    private protected static byte[] ExtensibleFile(int tag, int bits)
    {
        byte[] plain = WavFile.Make(tag, 2, bits, new byte[2 * bits]);
        byte[] extension = [.. WavFile.Two(22), .. WavFile.Two(bits), .. WavFile.Four(3), .. WavFile.Two(tag), .. GuidEnd];
        return [.. "RIFF"u8, .. WavFile.Four((uint)(plain.Length - 8 + extension.Length)), .. plain[8..16], .. WavFile.Four(40), .. WavFile.Two(Extensible), .. plain[22..36], .. extension, .. plain[36..]];
    }

    private protected void AssertFault(string problem, byte[] file)
    {
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => Read(file));
        Assert.StartsWith($"test: {problem}", fault.Message, StringComparison.Ordinal);
    }

    private float[] Read(byte[] file) => AudioReading.ReadAll(file, Options).Samples;
}
