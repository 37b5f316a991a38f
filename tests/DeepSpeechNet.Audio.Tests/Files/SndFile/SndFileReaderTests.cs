using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Files.SndFile;

namespace DeepSpeechNet.Audio.Tests.Files.SndFile;

public sealed class SndFileReaderTests
{
    // libsndfile's SF_FORMAT_* values.
    private const int Aiff16 = 0x020002;
    private const int AiffFloat = 0x020006;
    private const int OggVorbis = 0x200060;
    private const int OggOpus = 0x200064;
    private const int Mp3 = 0x230082;

    [SndFileFact]
    public void Aiff_samples_come_back_as_they_were()
    {
        // libsndfile writes whole numbers as floats times 32767.
        short[] samples = [0, 16384, -32767, 32767, 1, -1];
        (float[] read, IReadOnlyList<string> warnings) = AudioReading.ReadAll(Make(Aiff16, 22050, 2, [.. samples.Select(s => s / 32767f)]));
        Assert.Equal(samples.Select(s => s / 32768f), read);
        Assert.Empty(warnings);
    }

    [SndFileFact]
    public void Aiff_of_every_width_is_read() => AiffRules.EveryWidthIsRead(AudioReadOptions.Default);

    [SndFileFact]
    public void A_cut_aiff_gives_what_is_there() => AiffRules.ACutFileGivesWhatIsThere(AudioReadOptions.Default);

    [SndFileFact]
    public void A_sample_that_is_not_finite_is_named()
    {
        byte[] file = Make(AiffFloat, 8000, 1, [0, float.NaN]);
        Assert.Contains("not a number", Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file)).Message, StringComparison.Ordinal);
    }

    [SndFileFact]
    public void Lossy_formats_keep_a_tone_at_its_place()
    {
        float[] tone = Tone(48000, 440, 48000);
        foreach (int format in (int[])[OggVorbis, OggOpus, Mp3])
        {
            if (TryMake(format, 48000, 1, tone) is { } file)
            {
                AudioClip clip = AudioFile.ReadMono(new MemoryStream(file), "x", 48000);
                Assert.InRange(clip.Samples.Length, 48000, 48000 + 2400);
                Assert.InRange(BestCorrelation(tone, clip.Samples), 0.99, 1.001);
                Assert.Empty(clip.Warnings);
            }
        }
    }

    [SndFileFact]
    public void A_pipe_is_kept_aside_in_memory_or_in_a_file_that_is_deleted()
    {
        // Below and above what is kept in memory.
        foreach (int count in (int[])[10_000, 2_200_000])
        {
            float[] samples = Tone(count, 440, 44100);
            byte[] file = Make(Aiff16, 44100, 1, samples);
            AudioClip seekable = AudioFile.ReadMono(new MemoryStream(file), "x", 44100);
            AudioClip piped = AudioFile.ReadMono(new PipeStream(new MemoryStream(file), 50_000), "x", 44100);
            Assert.Equal(count, piped.Samples.Length);
            Assert.True(seekable.Samples.AsSpan().SequenceEqual(piped.Samples), "The pipe gives other samples.");
        }

        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"dsn-{Environment.ProcessId}-*.audio"));
    }

    [SndFileFact]
    public void What_is_kept_aside_has_a_limit()
    {
        byte[] file = Make(Aiff16, 44100, 1, new float[5000]);
        var options = new AudioReadOptions { SpoolLimit = 9000 };
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file, options));
        Assert.StartsWith("test: it is longer than 9000 bytes, the limit", fault.Message, StringComparison.Ordinal);
        Assert.Equal(5000, AudioFile.ReadMono(new MemoryStream(file), "x", 44100, options).Samples.Length);
    }

    [SndFileFact]
    public void Cut_and_altered_files_give_samples_or_one_kind_of_exception()
    {
        byte[] file = Make(Aiff16, 8000, 1, Tone(100, 440, 8000));
        for (int length = 0; length < file.Length; length++)
        {
            HostileContent.Read(file[..length]);
        }

        foreach (byte[] altered in HostileContent.Alterations(file, 54))
        {
            HostileContent.Read(altered);
        }
    }

    [SndFileFact]
    public void Faults_of_the_stream_come_back_through_native_code()
    {
        using var stream = new BrokenStream(Make(Aiff16, 44100, 1, new float[200_000]));
        using IAudioReader reader = AudioFile.Open(stream, "x");
        stream.Broken = true;
        Assert.Equal("the disk is gone", Assert.Throws<IOException>(() => AudioReading.ReadAll(reader, 100_000)).Message);
    }

    [SndFileFact]
    public void Content_that_the_library_refuses_is_told_in_one_sentence()
    {
        byte[] file = [.. "OggS"u8, .. new byte[100]];
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file));
        Assert.StartsWith("test: libsndfile cannot read it: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_library_or_leave_to_use_it_a_hint_is_given()
    {
        byte[] file = [.. "OggS"u8, .. new byte[100]];
        var options = new AudioReadOptions { AllowLibSndFile = false };
        Assert.Equal(
            "test: only WAV and FLAC are read here, since the use of libsndfile is switched off.",
            Assert.Throws<AudioFormatException>(() => AudioReading.ReadAll(file, options)).Message);

        using var source = new ByteSource(new MemoryStream(file), "talk.ogg");
        Assert.Equal(
            "talk.ogg: its format is read through libsndfile, which this system lacks; install libsndfile (Debian: apt-get install libsndfile1).",
            Assert.Throws<AudioFormatException>(() => new SndFileReader(source, null, AudioReadOptions.Default, null)).Message);
    }

    private static float[] Tone(int count, double frequency, int rate)
    {
        var tone = new float[count];
        for (int i = 0; i < count; i++)
        {
            tone[i] = (float)(0.5 * Math.Sin(2 * Math.PI * frequency * i / rate));
        }

        return tone;
    }

    private static byte[] Make(int format, int rate, int channels, float[] samples) =>
        TryMake(format, rate, channels, samples) ?? throw new InvalidOperationException("libsndfile cannot write the format.");

    /// <summary>Has libsndfile write a file; null where it was built without the format.</summary>
    private static byte[]? TryMake(int format, int rate, int channels, float[] samples)
    {
        using var stream = new MemoryStream();
        var info = new SndFileLibrary.Info { SampleRate = rate, Channels = channels, Format = format };
        try
        {
            using var file = new SndFileHandle(SndFileLibrary.Instance!, stream, SndFileMode.Write, ref info);

            // Some versions overflow their stack in one long write of Vorbis.
            for (int start = 0; start < samples.Length; start += 4096 * channels)
            {
                int count = Math.Min(4096 * channels, samples.Length - start);
                file.Write(samples.AsSpan(start, count), count / channels);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return stream.ToArray();
    }

    /// <summary>The normalised correlation of the middle of a sound with another, at the best shift of less than 5 samples.</summary>
    private static double BestCorrelation(float[] expected, float[] actual)
    {
        double best = 0;
        for (int shift = -4; shift <= 4; shift++)
        {
            double both = 0, left = 0, right = 0;
            for (int i = 10_000; i < 30_000; i++)
            {
                both += expected[i] * actual[i + shift];
                left += expected[i] * expected[i];
                right += actual[i + shift] * actual[i + shift];
            }

            best = Math.Max(best, both / Math.Sqrt(left * right));
        }

        return best;
    }

    private sealed class BrokenStream(byte[] bytes) : MemoryStream(bytes)
    {
        public bool Broken { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            return Broken ? throw new IOException("the disk is gone") : base.Read(buffer, offset, count);
        }

        public override int Read(Span<byte> buffer) => Broken ? throw new IOException("the disk is gone") : base.Read(buffer);
    }
}
