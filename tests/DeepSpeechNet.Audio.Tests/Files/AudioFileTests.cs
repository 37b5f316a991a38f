using System.Text;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Audio.Tests.Files.Flac;
using DeepSpeechNet.Audio.Tests.Files.Wav;

namespace DeepSpeechNet.Audio.Tests.Files;

public sealed class AudioFileTests
{
    [Fact]
    public void Content_that_is_no_audio_is_called_what_it_seems_to_be()
    {
        AssertFault("it is empty.", []);
        AssertFault("it holds text, not audio. WAV and FLAC are read", Encoding.UTF8.GetBytes("Grüße aus dem Büro\n"));
        AssertFault("it holds text, not audio.", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("a talk")]);
        AssertFault("it is an MP4 or M4A file. WAV", [0, 0, 0, 0x20, .. "ftypM4A "u8, 1, 2, 3]);
        AssertFault("it is a WebM or Matroska file. WAV", [0x1A, 0x45, 0xDF, 0xA3, 1, 2, 3]);
        AssertFault("it is a RIFF file of another kind than WAVE. WAV", [.. "RIFF"u8, 1, 0, 0, 0, .. "AVI LIST"u8]);
        AssertFault("it is not in an audio format known here. WAV", [1, 2, 3, 4]);
        AssertFault("it ends inside the ID3 tag at its start", [.. "ID3"u8, 4, 0, 0, 0, 0, 9, 0, 1, 2]);
    }

    [Fact]
    public void Paths_that_lead_to_no_file_say_so()
    {
        string folder = Path.GetTempPath();
        Assert.Equal($"{folder}: it is a folder, not an audio file.", Assert.Throws<AudioFormatException>(() => AudioFile.Open(folder)).Message);
        Assert.Throws<FileNotFoundException>(() => AudioFile.Open(Path.Combine(folder, Guid.NewGuid().ToString())));
    }

    [Fact]
    public void A_file_is_known_by_its_content_and_closed_with_its_reader()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.wav");
        int[][] signal = FlacSignals.Tone(1, 500, 16);
        try
        {
            File.WriteAllBytes(path, new FlacEncoder().Encode(signal));
            AudioClip clip = AudioFile.ReadMono(path);
            Assert.Equal(FlacSignals.Interleave(signal, 16), clip.Samples);
            Assert.Equal(500 / 16000.0, clip.Duration.TotalSeconds, 6);
            using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_stream_stays_open_and_is_read_from_where_it_stands()
    {
        using var stream = new MemoryStream([9, 9, 9, .. WavFile.Make(1, 1, 16, WavFile.Bytes(16384))]) { Position = 3 };
        Assert.Equal([0.5f], AudioFile.ReadMono(stream, "x").Samples);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void Mono_is_the_mean_of_all_channels()
    {
        byte[] two = WavFile.Make(1, 2, 16, WavFile.Bytes(16384, -8192, 4096, 4096));
        Assert.Equal([0.125f, 0.125f], AudioFile.ReadMono(new MemoryStream(two), "x").Samples);
        byte[] three = WavFile.Make(1, 3, 16, WavFile.Bytes(16384, 16384, -8192));
        Assert.Equal([0.25f], AudioFile.ReadMono(new MemoryStream(three), "x").Samples);
    }

    [Fact]
    public void Mono_at_another_rate_is_what_the_resampler_gives()
    {
        int[][] signal = FlacSignals.Tone(1, 100_001, 16);
        byte[] file = new FlacEncoder { SampleRate = 44100, Subframe = Subframe.Fixed, Order = 1 }.Encode(signal);
        AudioClip clip = AudioFile.ReadMono(new PipeStream(new MemoryStream(file), 999), "x");
        Assert.Equal(16000, clip.SampleRate);
        Assert.Equal(Resampler.Convert(FlacSignals.Interleave(signal, 16), 44100, 16000), clip.Samples);
    }

    [Fact]
    public void Warnings_of_the_reader_reach_the_clip()
    {
        byte[] file = WavFile.Make(1, 1, 16, WavFile.Bytes(1, 2, 3));
        Assert.Single(AudioFile.ReadMono(new MemoryStream(file[..^2]), "x").Warnings);
    }

    [Fact]
    public void The_limit_on_samples_holds_for_what_is_read_and_for_what_is_made_of_it()
    {
        byte[] file = WavFile.Make(1, 1, 16, new byte[2000], rate: 8000);
        var reading = new AudioReadOptions { MaximumSamples = 999 };
        Assert.Contains("more than 999 samples", Assert.Throws<AudioFormatException>(
            () => AudioFile.ReadMono(new MemoryStream(file), "x", 8000, reading)).Message, StringComparison.Ordinal);
        var making = new AudioReadOptions { MaximumSamples = 1500 };
        Assert.Contains("more than 1500 samples", Assert.Throws<AudioFormatException>(
            () => AudioFile.ReadMono(new MemoryStream(file), "x", 16000, making)).Message, StringComparison.Ordinal);
        Assert.Equal(1000, AudioFile.ReadMono(new MemoryStream(file), "x", 8000, making).Samples.Length);
    }

    [Fact]
    public void A_rate_beyond_conversion_is_refused()
    {
        byte[] file = WavFile.Make(1, 1, 16, new byte[20], rate: 10);
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioFile.ReadMono(new MemoryStream(file), "x"));
        Assert.Equal("x: its sampling rate, 10 Hz, is too far from 16000 Hz to be converted.", fault.Message);
    }

    [Fact]
    public void A_reader_that_was_closed_says_so()
    {
        foreach (byte[] file in (byte[][])[WavFile.Make(1, 1, 16, new byte[20]), new FlacEncoder().Encode([new int[10]])])
        {
            IAudioReader reader = AudioFile.Open(new MemoryStream(file), "x");
            reader.Dispose();
            reader.Dispose();
            Assert.Throws<ObjectDisposedException>(() => reader.Read(new float[10]));
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AudioReadOptions { MaximumSamples = 0 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new AudioReadOptions { SpoolLimit = -1 }.Validate());
    }

    [Fact]
    public void Faults_of_the_stream_pass_through()
    {
        byte[] file = WavFile.Make(1, 1, 16, new byte[200_000]);
        using IAudioReader reader = AudioFile.Open(new BrokenStream(file), "x");
        Assert.Throws<IOException>(() => AudioReading.ReadAll(reader));
    }

    private static void AssertFault(string problem, byte[] file)
    {
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file));
        Assert.StartsWith($"test: {problem}", fault.Message, StringComparison.Ordinal);
    }

    private sealed class BrokenStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position > 100_000 ? throw new IOException("the disk is gone") : base.Read(buffer, offset, Math.Min(count, 50_000));
    }
}
