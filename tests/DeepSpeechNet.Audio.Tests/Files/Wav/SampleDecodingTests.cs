using DeepSpeechNet.Audio.Files.Wav;

namespace DeepSpeechNet.Audio.Tests.Files.Wav;

public sealed class SampleDecodingTests
{
    [Fact]
    public void Whole_numbers_are_divided_by_full_scale()
    {
        Assert.Equal([-1f, 0f, 127 / 128f], Decode(SampleEncoding.Pcm8, [0, 128, 255], 3));
        Assert.Equal([-1f, 1 / 32768f, 32767 / 32768f], Decode(SampleEncoding.Pcm16, [0, 0x80, 1, 0, 0xFF, 0x7F], 3));
        Assert.Equal(
            [-1f, -1 / 8388608f, 8388607 / 8388608f], Decode(SampleEncoding.Pcm24, [0, 0, 0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], 3));
        Assert.Equal(
            [-1f, 0.5f, MathF.BitDecrement(1)], Decode(SampleEncoding.Pcm32, [0, 0, 0, 0x80, 0, 0, 0, 0x40, 0xFF, 0xFF, 0xFF, 0x7F], 3));
    }

    [Fact]
    public void Floats_stay_as_they_are()
    {
        Assert.Equal([0.1f, -7], Decode(SampleEncoding.Float32, [.. BitConverter.GetBytes(0.1f), .. BitConverter.GetBytes(-7f)], 2));
        Assert.Equal([0.1f, -7], Decode(SampleEncoding.Float64, [.. BitConverter.GetBytes(0.1), .. BitConverter.GetBytes(-7.0)], 2));
    }

    [Fact]
    public void A_law_follows_the_standard_table()
    {
        // ITU-T G.711, table 1: decoder output values number 1 to 128 in units of 1/4096, characters with even bits inverted.
        Assert.Equal(1 / 4096f, Single(SampleEncoding.ALaw, 0x80 ^ 0x55));
        Assert.Equal(-1 / 4096f, Single(SampleEncoding.ALaw, 0x55));
        Assert.Equal(4032 / 4096f, Single(SampleEncoding.ALaw, 0xFF ^ 0x55));
        Assert.Equal(-4032 / 4096f, Single(SampleEncoding.ALaw, 0x7F ^ 0x55));

        // Each segment's first value: number 1, 17, 33, ... of the table.
        float[] starts = [1, 33, 66, 132, 264, 528, 1056, 2112];
        for (int segment = 0; segment < 8; segment++)
        {
            Assert.Equal(starts[segment] / 4096f, Single(SampleEncoding.ALaw, (0x80 | (segment << 4)) ^ 0x55));
        }
    }

    [Fact]
    public void Mu_law_follows_the_standard_table()
    {
        // ITU-T G.711, table 2: decoder output values in units of 1/8192; the all-ones character is +0.
        Assert.Equal(0, Single(SampleEncoding.MuLaw, 0xFF));
        Assert.Equal(0, Single(SampleEncoding.MuLaw, 0x7F));
        Assert.Equal(8031 / 8192f, Single(SampleEncoding.MuLaw, 0x80));
        Assert.Equal(-8031 / 8192f, Single(SampleEncoding.MuLaw, 0x00));
        float[] starts = [0, 33, 99, 231, 495, 1023, 2079, 4191];
        for (int segment = 0; segment < 8; segment++)
        {
            Assert.Equal(starts[segment] / 8192f, Single(SampleEncoding.MuLaw, 0xFF ^ (segment << 4)));
        }
    }

    private static float Single(SampleEncoding encoding, int code) => Decode(encoding, [(byte)code], 1)[0];

    private static float[] Decode(SampleEncoding encoding, byte[] bytes, int count)
    {
        Assert.Equal(bytes.Length, count * SampleDecoding.BytesPerSample(encoding));
        var samples = new float[count];
        SampleDecoding.Decode(encoding, bytes, samples);
        return samples;
    }
}
