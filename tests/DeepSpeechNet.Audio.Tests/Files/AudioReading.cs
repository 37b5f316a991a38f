using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Audio.Tests.Files;

/// <summary>Short forms for reading made-up files.</summary>
internal static class AudioReading
{
    public static float[] ReadAll(IAudioReader reader, int frames = 1000)
    {
        var all = new List<float>();
        var block = new float[frames * reader.Channels];
        int count;
        while ((count = reader.Read(block)) > 0)
        {
            Assert.Equal(0, count % reader.Channels);
            all.AddRange(block.AsSpan(0, count));
        }

        return [.. all];
    }

    /// <summary>Opens bytes as a stream that cannot seek and gives odd counts, and reads all.</summary>
    public static (float[] Samples, IReadOnlyList<string> Warnings) ReadAll(byte[] file, AudioReadOptions? options = null)
    {
        using IAudioReader reader = AudioFile.Open(new PipeStream(new MemoryStream(file), 777), "test", options);
        float[] samples = ReadAll(reader);
        return (samples, reader.Warnings);
    }
}
