using System.Buffers.Binary;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Tests.Files.SndFile;
using DeepSpeechNet.Audio.Tests.Files.Wav;

namespace DeepSpeechNet.Audio.Tests.Files;

/// <summary>What becomes of formats that are not read here, by way of a decoder that reads a format of its own.</summary>
public sealed class ForeignFormatsTests
{
    private static readonly byte[] Hum = HumFile(0.5f, -0.5f, 0.25f);

    [Fact]
    public void Content_that_nobody_knows_goes_to_the_decoder_that_knows_it()
    {
        AudioReadOptions options = With(new HumDecoder(refuses: "it is too loud."), new HumDecoder());
        Assert.Equal([0.5f, -0.5f, 0.25f], AudioReading.ReadAll(Hum, options).Samples);
        using IAudioReader reader = AudioFile.Open(new MemoryStream(Hum), "x", options);
        Assert.Equal((16000, 1, 3), (reader.SampleRate, reader.Channels, reader.FrameCount));
    }

    [Fact]
    public void A_decoder_sees_the_content_as_a_file_of_its_own()
    {
        using MemoryStream stream = new([7, 7, 7, .. Hum]) { Position = 3 };
        HumDecoder decoder = new();
        using (IAudioReader reader = AudioFile.Open(stream, "x", With(decoder)))
        {
            Assert.Equal((0, Hum.Length), decoder.Seen);
            Assert.Equal([0.5f, -0.5f, 0.25f], AudioReading.ReadAll(reader));
        }

        Assert.True(decoder.Closed);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void A_pipe_is_kept_aside_within_its_limit()
    {
        AudioReadOptions options = With(new HumDecoder());
        using MemoryStream memory = new(Hum);
        using PipeStream pipe = new(memory, 5);
        using (IAudioReader reader = AudioFile.Open(pipe, "x", options))
            Assert.Equal(3, AudioReading.ReadAll(reader).Length);
        Assert.True(memory.CanRead);
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(Hum, options with { SpoolLimit = 10 }));
        Assert.StartsWith("test: it is longer than 10 bytes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limits_of_every_reader_hold_for_decoders()
    {
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(Hum, With(new HumDecoder()) with { MaximumSamples = 2 }));
        Assert.Contains("more than 2 samples", fault.Message, StringComparison.Ordinal);
        fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(HumFile(0, float.NaN), With(new HumDecoder())));
        Assert.Contains("sample 1 of channel 1", fault.Message, StringComparison.Ordinal);
        (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll(Hum[..^2], With(new HumDecoder(frames: 3)));
        Assert.Equal(2, samples.Length);
        Assert.Equal(["hum", "It is cut short: the header announces 3 samples a channel and 2 are there."], warnings);
    }

    [Fact]
    public void Where_nobody_can_read_it_each_says_why()
    {
        AudioReadOptions options = With(new HumDecoder(refuses: "it is too loud."), new HumDecoder(refuses: "it is too long."));
        Assert.Equal("test: it is too loud. it is too long.", Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(Hum, options)).Message);
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll([1, 2, 3, 4], options));
        Assert.StartsWith("test: it is not in an audio format known here.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_libsndfile_may_not_read_falls_to_the_decoders()
    {
        byte[] file = [.. "OggS"u8, .. Hum];
        AudioReadOptions options = With(new HumDecoder("OggS")) with { AllowLibSndFile = false };
        Assert.Equal([0.5f, -0.5f, 0.25f], AudioReading.ReadAll(file, options).Samples);
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file, options with { Decoders = [new HumDecoder("OggS", "it is too loud.")] }));
        Assert.Equal("test: it is too loud.", fault.Message);
        fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file, options with { Decoders = [new HumDecoder()] }));
        Assert.Equal("test: only WAV and FLAC are read here, since the use of libsndfile is switched off.", fault.Message);
    }

    [SndFileFact]
    public void What_libsndfile_refuses_falls_to_the_decoders()
    {
        byte[] file = [.. "OggS"u8, .. Hum];
        Assert.Equal([0.5f, -0.5f, 0.25f], AudioReading.ReadAll(file, With(new HumDecoder("OggS"))).Samples);
        Assert.Equal([0.5f, -0.5f, 0.25f], AudioFile.ReadMono(new MemoryStream(file), "x", 16000, With(new HumDecoder("OggS"))).Samples);
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file, With(new HumDecoder("OggS", "it is too loud."))));
        Assert.StartsWith("test: libsndfile cannot read it: ", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(". it is too loud.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_read_here_goes_to_decoders_only_where_they_come_first()
    {
        byte[] file = WavFile.Make(1, 1, 16, WavFile.Bytes(16384));
        AudioReadOptions options = With(new HumDecoder("RIFF", "it is too loud."));
        Assert.Equal([0.5f], AudioReading.ReadAll(file, options).Samples);
        Assert.Equal("test: it is too loud.", Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file, options with { DecodersFirst = true })).Message);
        Assert.Equal([0.5f], AudioReading.ReadAll(file, With(new HumDecoder()) with { DecodersFirst = true }).Samples);
    }

    private static AudioReadOptions With(params IAudioDecoder[] decoders) => new() { Decoders = decoders };

    private static byte[] HumFile(params float[] samples)
    {
        byte[] bytes = new byte[4 * samples.Length];
        for (int i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), samples[i]);
        return [.. "hum!"u8, .. bytes];
    }

    /// <summary>A decoder of files that are a mark, and "hum!", and floats.</summary>
    private sealed class HumDecoder(string mark = "", string? refuses = null, int frames = 0) : IAudioDecoder
    {
        public (long Position, long Length) Seen { get; private set; }

        public bool Closed { get; set; }

        public bool Reads(ReadOnlySpan<byte> start) => mark.Length > 0 ? System.Text.Encoding.ASCII.GetString(start).StartsWith(mark, StringComparison.Ordinal) : start.StartsWith("hum!"u8);

        public IAudioReader Open(Stream content, ReadOnlySpan<byte> start, string name)
        {
            if (refuses is not null)
                throw new AudioFormatException(name, refuses);
            Seen = (content.Position, content.Length);
            Assert.Equal(start.ToArray(), Bytes(content, start.Length));
            content.Seek(mark.Length + 4, SeekOrigin.Begin);
            return new HumReader(this, content, frames > 0 ? frames : (content.Length - content.Position) / 4);
        }

        private static byte[] Bytes(Stream content, int count)
        {
            // One read fills the buffer, even from a stream that gives little at a time.
            byte[] bytes = new byte[count];
            Assert.Equal(count, content.Read(bytes));
            return bytes;
        }
    }

    private sealed class HumReader(HumDecoder decoder, Stream content, long frames) : IAudioReader
    {
        public int SampleRate => 16000;

        public int Channels => 1;

        public long? FrameCount => frames;

        public IReadOnlyList<string> Warnings => content.Length < 4 + (4 * frames) ? ["hum"] : [];

        public int Read(Span<float> interleaved)
        {
            byte[] bytes = new byte[4];
            if (content.Read(bytes) < 4)
                return 0;
            interleaved[0] = BinaryPrimitives.ReadSingleLittleEndian(bytes);
            return 1;
        }

        public void Dispose() => decoder.Closed = true;
    }
}
