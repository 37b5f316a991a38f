using System.Buffers.Binary;
using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Cli.Tests.Commands;

/// <summary>What cannot be used gets one clear sentence and the right exit code, and the rest of the batch goes on.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public BadInputTests()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        ToneSpeech.SaveWav(_dsn["in/good.wav"], "bad cab");
    }

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task A_missing_file_is_named_and_the_rest_goes_on()
    {
        await Expect(DsnCommand.Failed, "@/in/good.wav\tbad cab\n", "dsn: @/none.wav: there is no such file.\n", "@/none.wav", "@/in/good.wav");
        await Expect(DsnCommand.Failed, "", "dsn: @/none.wav: there is no such file.\n", "@/none.wav");
        await Expect(DsnCommand.Failed, "", "dsn: @/in/*.flac: no file matches.\n", "@/in/*.flac");
    }

    [Fact]
    public async Task A_folder_without_audio_is_wrong_usage()
    {
        Directory.CreateDirectory(_dsn["empty"]);
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/empty");
        Assert.Equal((DsnCommand.WrongUsage, ""), (run.Exit, run.Out));
        Assert.StartsWith("dsn: The folder @/empty holds no audio (no file that ends in .wav, ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_whose_folders_hold_audio_asks_for_recursive()
    {
        ToneSpeech.SaveWav(_dsn["deep/er/one.wav"], "egg");
        await Expect(DsnCommand.WrongUsage, "", "dsn: The folder @/deep itself holds no audio, but folders in it do: add --recursive.\n", "@/deep");
    }

    [Fact]
    public async Task An_empty_file_is_named_and_the_rest_goes_on() => await ExpectBad([], "it is empty.");

    [Fact]
    public async Task A_text_file_named_wav_is_named_and_the_rest_goes_on() => await ExpectBad(
        "Dear reader, this is no sound."u8.ToArray(),
        "it holds text, not audio. WAV and FLAC are read, and through libsndfile Ogg Vorbis, Ogg Opus, MP3 and AIFF; convert others, for example with: ffmpeg -i FILE out.wav");

    [Fact]
    public async Task A_wav_of_no_samples_is_named_and_the_rest_goes_on() => await ExpectBad(ToneSpeech.Wav([]), "it holds no samples.");

    [Fact]
    public async Task Samples_that_are_no_numbers_are_named_and_the_rest_goes_on()
    {
        float[] samples = ToneSpeech.Say("egg");
        byte[] file = ToneSpeech.Wav(samples, WavSampleFormat.Float32);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(file.Length - (4 * (samples.Length - 1600))), float.NaN);
        await ExpectBad(file, "sample 1600 of channel 1, at 0.1 s, is not a number (NaN); write the file anew from its source.");
    }

    [Fact]
    public async Task A_truncated_file_is_read_as_far_as_it_goes_with_a_warning()
    {
        byte[] whole = ToneSpeech.Wav(ToneSpeech.Say("bad cab"));
        File.WriteAllBytes(_dsn["in/cut.wav"], whole[..(44 + (2 * 6400))]);
        await Expect(0, "bad\n", "dsn: @/in/cut.wav: It is cut short: the header announces 11840 samples a channel and 6400 are there.\n", "@/in/cut.wav");
    }

    [Fact]
    public async Task Silence_gives_no_words()
    {
        ToneSpeech.SaveWav(_dsn["in/silence.wav"], new float[16000]);
        await Expect(0, "\n", "", "@/in/silence.wav");
        await Expect(0, "@/in/good.wav\tbad cab\n@/in/silence.wav\t\n", "", "@/in");
    }

    [Fact]
    public async Task A_missing_model_says_where_it_was_looked_for()
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/nowhere", "@/in/good.wav");
        Assert.Equal((DsnCommand.Failed, ""), (run.Exit, run.Out));
        Assert.Contains("@/nowhere", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_a_sentence_for_each_file()
    {
        File.WriteAllText(_dsn["taken"], "");
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/in", "--output", "@/taken");
        Assert.Equal((DsnCommand.Failed, ""), (run.Exit, run.Out));
        Assert.StartsWith("dsn: @/in/good.wav: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("transcribe --model @/model @/in/good.wav")]
    [InlineData("transcribe --model @/model @/in --format json")]
    [InlineData("devices")]
    public async Task A_full_disk_behind_the_output_is_a_sentence(string command)
    {
        // A device of Linux that is always full.
        const string Full = "/dev/full";
        if (!File.Exists(Full))
            return;
        FileStream device = new(Full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        StreamWriter output = new(device);
        try
        {
            CommandLine.Run run = await _dsn.RunAsync(output, command.Split(' '));
            Assert.Equal(DsnCommand.Failed, run.Exit);
            Assert.EndsWith("dsn: The disk is full: free some space and try again.\n", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            // The writer would try once more to write what it holds.
            await device.DisposeAsync();
        }
    }

    private async Task ExpectBad(byte[] content, string problem)
    {
        File.WriteAllBytes(_dsn["in/bad.wav"], content);
        await Expect(DsnCommand.Failed, "@/in/good.wav\tbad cab\n", $"dsn: @/in/bad.wav: {problem}\n", "@/in/bad.wav", "@/in/good.wav");
        await Expect(DsnCommand.Failed, "", $"dsn: @/in/bad.wav: {problem}\n", "@/in/bad.wav");
    }

    private async Task Expect(int exit, string output, string error, params string[] arguments)
    {
        CommandLine.Run run = await _dsn.RunAsync(["transcribe", "--model", "@/model", .. arguments]);
        run.Expect(exit, output, error);
    }
}
