using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Audio.Tests.Files;

public sealed class WavWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void Sixteen_bit_samples_come_back_as_they_were(int channels)
    {
        var samples = new float[65536 / channels * channels];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (i - 32768) / 32768f;
        }

        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, 22050, channels))
        {
            writer.Write(samples);
        }

        stream.Position = 0;
        using IAudioReader reader = AudioFile.Open(stream, "x.wav");
        Assert.Equal(22050, reader.SampleRate);
        Assert.Equal(channels, reader.Channels);
        Assert.Equal(samples.Length / channels, reader.FrameCount);
        Assert.Equal(samples, ReadAll(reader));
        Assert.Empty(reader.Warnings);
    }

    [Fact]
    public void Floats_come_back_as_they_were()
    {
        float[] samples = [0, 1, -1, 1.5f, -3e-9f, float.Epsilon, float.MaxValue];
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, 8000, 1, WavSampleFormat.Float32))
        {
            writer.Write(samples);
        }

        stream.Position = 0;
        using IAudioReader reader = AudioFile.Open(stream, "x.wav");
        Assert.Equal(samples, ReadAll(reader));
        Assert.Equal(samples.Length, reader.FrameCount);
    }

    [Fact]
    public void Values_beyond_full_scale_are_clipped_and_others_rounded()
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, 8000))
        {
            writer.Write([2, -2, 1, 1.4f / 32768, 1.6f / 32768, -1.6f / 32768]);
        }

        byte[] bytes = stream.ToArray();
        short[] stored = [.. Enumerable.Range(0, 6).Select(i => BitConverter.ToInt16(bytes, 44 + (2 * i)))];
        Assert.Equal(new short[] { 32767, -32768, 32767, 1, 2, -2 }, stored);
    }

    [Theory]
    [InlineData(WavSampleFormat.Pcm16)]
    [InlineData(WavSampleFormat.Float32)]
    public void A_stream_that_cannot_seek_gets_a_header_that_is_read_to_the_end(WavSampleFormat format)
    {
        using var memory = new MemoryStream();
        using (var writer = new WavWriter(new PipeStream(memory), 8000, 1, format))
        {
            writer.Write([0.5f, -0.5f, 0.25f]);
        }

        memory.Position = 0;
        using IAudioReader reader = AudioFile.Open(new PipeStream(memory), "pipe");
        Assert.Null(reader.FrameCount);
        Assert.Equal([0.5f, -0.5f, 0.25f], ReadAll(reader));
        Assert.Empty(reader.Warnings);
    }

    [Fact]
    public void Samples_that_are_not_finite_are_refused()
    {
        using var writer = new WavWriter(new MemoryStream(), 8000);
        Assert.Throws<ArgumentException>(() => writer.Write([0, float.NaN]));
        Assert.Throws<ArgumentException>(() => writer.Write([float.PositiveInfinity]));
    }

    [Fact]
    public void Saving_replaces_a_file_whole_and_leaves_nothing_else()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("wav-writer");
        try
        {
            string path = Path.Combine(folder.FullName, "x.wav");
            WavWriter.Save(path, [0.5f, 0.5f], 8000);
            WavWriter.Save(path, [0.25f], 8000);
            Assert.Throws<ArgumentException>(() => WavWriter.Save(path, [float.NaN], 8000));
            Assert.Equal([0.25f], AudioFile.ReadMono(path, 8000).Samples);
            Assert.Single(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static float[] ReadAll(IAudioReader reader) => AudioReading.ReadAll(reader);
}
