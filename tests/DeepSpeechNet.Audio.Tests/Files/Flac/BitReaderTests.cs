using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Files.Flac;

namespace DeepSpeechNet.Audio.Tests.Files.Flac;

public sealed class BitReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Numbers_of_every_width_come_back(int most)
    {
        var random = new Random(3);
        var bits = new BitWriter();
        var written = new List<(int Width, long Value)>();
        for (int i = 0; i < 5000; i++)
        {
            int width = 1 + (i % 33);
            long value = random.NextInt64(-(1L << (width - 1)), 1L << (width - 1));
            written.Add((width, value));
            bits.Write(value, width);
            bits.WriteUnary(i % 150);
        }

        using BitReader reader = Open(bits, most);
        int zeros = 0;
        foreach ((int width, long value) in written)
        {
            Assert.Equal(value, reader.ReadSigned(width));
            Assert.Equal((uint)(zeros++ % 150), reader.ReadUnary(1000));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 13)]
    [InlineData(14, 100_000)]
    [InlineData(30, 100_000)]
    public void Rice_codes_come_back_in_any_chunks(int parameter, int most)
    {
        var random = new Random(parameter);
        var values = new int[3000];
        var bits = new BitWriter();
        bits.Write(1, 3);
        for (int i = 0; i < values.Length; i++)
        {
            // Every hundredth needs a quotient of more than a word.
            int magnitude = i % 100 == 0 && parameter < 20 ? 90 << parameter : random.Next(1 << Math.Min(parameter + 1, 30));
            values[i] = random.Next(2) == 0 ? magnitude : ~magnitude;
            long folded = values[i] >= 0 ? 2L * values[i] : (-2L * values[i]) - 1;
            bits.WriteUnary(folded >> parameter);
            bits.Write(folded, parameter);
        }

        using BitReader reader = Open(bits, most);
        reader.ReadBits(3);
        var read = new int[values.Length];
        reader.ReadRice(read.AsSpan(0, 1000), parameter);
        reader.ReadRice(read.AsSpan(1000), parameter);
        Assert.Equal(values, read);
    }

    [Fact]
    public void The_checksum_covers_what_was_read_since_its_start_and_no_more()
    {
        var bytes = new byte[150_000];
        new Random(4).NextBytes(bytes);
        var source = new ByteSource(new PipeStream(new MemoryStream(bytes), 1000), "test");
        using var reader = new BitReader(source);
        for (int i = 0; i < 3; i++)
        {
            reader.ReadBits(8);
        }

        reader.BeginCrc();
        for (int i = 0; i < 100_001; i++)
        {
            reader.ReadBits(8);
        }

        reader.ReadBits(3);
        Assert.Equal(FlacEncoder.Remainder(bytes.Skip(3).Take(100_002), 0x8005, 16), reader.EndCrc());
        Assert.Equal(100_005, reader.Position);
    }

    [Fact]
    public void The_end_of_the_stream_is_told_apart_from_damage()
    {
        var bits = new BitWriter();
        bits.Write(0, 24);
        using BitReader short1 = Open(bits, 10);
        Assert.True(Assert.Throws<FlacFaultException>(() => short1.ReadBits(25)).Truncated);
        using BitReader short2 = Open(bits, 10);
        Assert.True(Assert.Throws<FlacFaultException>(() => short2.ReadUnary(100)).Truncated);
        using BitReader large = Open(bits, 10);
        Assert.False(Assert.Throws<FlacFaultException>(() => large.ReadUnary(10)).Truncated);
    }

    private static BitReader Open(BitWriter bits, int most)
    {
        bits.Align();
        return new BitReader(new ByteSource(new PipeStream(new MemoryStream(bits.ToArray()), most), "test"));
    }
}
