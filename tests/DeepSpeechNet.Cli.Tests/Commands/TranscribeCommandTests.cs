using DeepSpeechNet.Engine.Ilgpu;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class TranscribeCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public TranscribeCommandTests()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        ToneSpeech.SaveWav(_dsn["in/one.wav"], "bad cab");
        ToneSpeech.SaveWav(_dsn["in/two.wav"], "a faded bee");
    }

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task One_file_gives_its_words_alone() => await Expect(0, "bad cab\n", "", "@/in/one.wav");

    [Fact]
    public async Task Several_files_are_named_in_the_order_given() =>
        await Expect(0, "@/in/two.wav\ta faded bee\n@/in/one.wav\tbad cab\n", "", "@/in/two.wav", "@/in/one.wav");

    [Fact]
    public async Task A_folder_is_read_in_the_order_of_names() =>
        await Expect(0, "@/in/one.wav\tbad cab\n@/in/two.wav\ta faded bee\n", "", "@/in");

    [Fact]
    public async Task A_pattern_takes_what_matches_it()
    {
        ToneSpeech.SaveWav(_dsn["in/deep/er/three.wav"], "egg");
        await Expect(0, "@/in/two.wav\ta faded bee\n", "", "@/in/t*.wav");
        await Expect(0, "@/in/deep/er/three.wav\tegg\n@/in/two.wav\ta faded bee\n", "", "@/in/**/t*.wav");
    }

    [Fact]
    public async Task The_standard_input_is_read_without_seeking()
    {
        _dsn.Input = ToneSpeech.Wav(ToneSpeech.Say("cabbage"));
        await Expect(0, "cabbage\n", "", "-");
    }

    [Fact]
    public async Task Json_is_one_array_with_an_object_a_file() => await Expect(
        0,
        """
        [
        {"path":"@/in/one.wav","text":"bad cab","duration":0.74,"words":[{"word":"bad","start":0.03,"end":0.29,"confidence":1},{"word":"cab","start":0.43,"end":0.69,"confidence":1}],"alternatives":[]},
        {"path":"@/in/two.wav","text":"a faded bee","duration":1.14,"words":[{"word":"a","start":0.03,"end":0.09,"confidence":1},{"word":"faded","start":0.23,"end":0.69,"confidence":1},{"word":"bee","start":0.83,"end":1.09,"confidence":1}],"alternatives":[]}
        ]

        """,
        "",
        "@/in",
        "--format",
        "json");

    [Fact]
    public async Task Json_lines_are_one_object_a_file()
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/in", "--format", "jsonl");
        Assert.Equal(
            [
                """{"path":"@/in/one.wav","text":"bad cab","duration":0.74,"words":[{"word":"bad","start":0.03,"end":0.29,"confidence":1},{"word":"cab","start":0.43,"end":0.69,"confidence":1}],"alternatives":[]}""",
                """{"path":"@/in/two.wav","text":"a faded bee","duration":1.14,"words":[{"word":"a","start":0.03,"end":0.09,"confidence":1},{"word":"faded","start":0.23,"end":0.69,"confidence":1},{"word":"bee","start":0.83,"end":1.09,"confidence":1}],"alternatives":[]}""",
            ],
            run.Out.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal((0, ""), (run.Exit, run.Error));
    }

    [Fact]
    public async Task A_shipped_model_goes_by_its_name()
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "commands", Path.Combine(Repository.Root, "audio-samples", "02-digits.wav"));
        Assert.Equal((0, "seven three nine zero"), (run.Exit, run.Out.Split('\t')[^1].TrimEnd('\n')));
        Assert.Equal(1, (await _dsn.RunAsync("transcribe", "--model", "comands", "@/in/one.wav")).Exit);
    }

    [Fact]
    public async Task SubRip_numbers_its_subtitles() =>
        await Expect(0, "1\n00:00:00,030 --> 00:00:00,740\nbad cab\n\n", "", "@/in/one.wav", "-f", "srt");

    [Fact]
    public async Task WebVtt_has_its_header() =>
        await Expect(0, "WEBVTT\n\n00:00:00.030 --> 00:00:00.740\nbad cab\n\n", "", "@/in/one.wav", "-f", "vtt");

    [Fact]
    public async Task A_table_has_a_header_and_is_a_manifest() =>
        await Expect(0, "path\tduration_s\ttext\n@/in/one.wav\t0.74\tbad cab\n@/in/two.wav\t1.14\ta faded bee\n", "", "@/in", "--format", "tsv");

    [Fact]
    public async Task Words_follow_the_text_with_times_and_confidence() =>
        await Expect(0, "bad cab\n      0.03     0.29  1.00  bad\n      0.43     0.69  1.00  cab\n", "", "@/in/one.wav", "--words");

    [Fact]
    public async Task Alternatives_come_with_a_beam_of_their_own()
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/in/one.wav", "--format", "jsonl", "--alternatives", "2");
        Assert.StartsWith("""{"path":"@/in/one.wav","text":"bad cab",""", run.Out, StringComparison.Ordinal);
        Assert.Contains("""
            "alternatives":[{"text":"bad cab","confidence":1,
            """, run.Out, StringComparison.Ordinal);
        Assert.Equal((0, ""), (run.Exit, run.Error));
    }

    [Fact]
    public async Task A_beam_finds_the_same_words() => await Expect(0, "bad cab\n", "", "@/in/one.wav", "--beam", "8");

    [Fact]
    public async Task Any_number_of_threads_gives_the_same_text() => await Expect(0, "bad cab\n", "", "@/in/one.wav", "--threads", "1", "--device", "cpu");

    [Fact]
    public async Task A_card_that_is_not_there_is_a_failure_that_names_the_cure()
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/in/one.wav", "--device", "gpu:99");
        Assert.Equal((DsnCommand.Failed, ""), (run.Exit, run.Out));
        Assert.StartsWith("dsn: There is no card 99 to run on", run.Error, StringComparison.Ordinal);
        Assert.Contains(DeviceCatalog.HasGpuSupport ? "--device cpu" : "-p:OptionalPackages=true", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_of_no_kind_is_wrong_usage()
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/in/one.wav", "--device", "tpu");
        Assert.Equal((DsnCommand.WrongUsage, ""), (run.Exit, run.Out));
        Assert.Contains("--device is 'tpu'; it must be cpu, gpu", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpu", "half", "--precision is 'half'; it must be float32, tf32 or bf16.")]
    [InlineData("cpu", "bf16", "--precision bf16 is for cards; the processor computes in float32.")]
    [InlineData("cpu", "tf32", "--precision tf32 is for cards; the processor computes in float32.")]
    public async Task A_precision_that_the_device_does_not_have_is_wrong_usage(string device, string precision, string message)
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/in/one.wav", "--device", device, "--precision", precision);
        Assert.Equal((DsnCommand.WrongUsage, ""), (run.Exit, run.Out));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_folder_gets_a_file_a_recording()
    {
        await Expect(0, "", "", "@/in", "--output", "@/out", "--format", "srt");
        Assert.Equal(["one.srt", "two.srt"], Names(_dsn["out"]));
        Assert.Equal("1\n00:00:00,030 --> 00:00:00,740\nbad cab\n\n", File.ReadAllText(_dsn["out/one.srt"]));
    }

    [Fact]
    public async Task An_output_folder_keeps_folders_and_tells_equal_names_apart()
    {
        ToneSpeech.SaveWav(_dsn["in/deep/one.wav"], "egg");
        ToneSpeech.SaveWav(_dsn["in/one.au"], "dad");
        await Expect(0, "", "", "@/in", "--recursive", "--output", "@/out");
        Assert.Equal(["deep/one.txt", "one.au.txt", "one.wav.txt", "two.txt"], Names(_dsn["out"]));
        Assert.Equal("egg\n", File.ReadAllText(_dsn["out/deep/one.txt"]));
        Assert.Equal("dad\n", File.ReadAllText(_dsn["out/one.au.txt"]));
        Assert.Equal("bad cab\n", File.ReadAllText(_dsn["out/one.wav.txt"]));
    }

    [Fact]
    public async Task Many_files_come_in_order_and_complete()
    {
        string expected = "";
        for (int i = 0; i < 100; i++)
        {
            string text = new([.. Enumerable.Range(0, 1 + (i % 7)).Select(k => "abcdefg"[(i + k) % 7])]);
            ToneSpeech.SaveWav(_dsn[$"many/{i:000}.wav"], text);
            expected += $"@/many/{i:000}.wav\t{text}\n";
        }

        await Expect(0, expected, "", "@/many");
    }

    [Fact]
    public async Task A_long_recording_is_cut_at_its_pauses_and_its_times_go_on()
    {
        // Nine times 0.74 s of words and 3.26 s of silence: 36 s.
        float[] words = ToneSpeech.Say("bad cab"), sound = new float[9 * 4 * ToneSpeech.Rate];
        for (int i = 0; i < 9; i++)
            words.CopyTo(sound, i * 4 * ToneSpeech.Rate);
        ToneSpeech.SaveWav(_dsn["long.wav"], sound);
        string text = string.Join(' ', Enumerable.Repeat("bad cab", 9));
        await Expect(0, text + "\n", "", "@/long.wav");
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/long.wav", "--words");
        Assert.EndsWith("\n     32.03    32.29  1.00  bad\n     32.43    32.69  1.00  cab\n", run.Out, StringComparison.Ordinal);
        await Expect(
            DsnCommand.Failed,
            "",
            "dsn: @/long.wav: it lasts 36 s, and one utterance may last 30 s; leave out --segmentation whole to have it cut at pauses.\n",
            "@/long.wav",
            "--segmentation",
            "whole");
    }

    [Fact]
    public async Task A_short_recording_is_cut_at_pauses_when_asked()
    {
        await Expect(0, "bad cab\n", "", "@/in/one.wav", "--segmentation", "pauses");
        await Expect(0, "bad cab\n", "", "@/in/one.wav", "--segmentation", "whole");
    }

    [Theory]
    [InlineData("--format srt", "Subtitles of several recordings cannot share one output: give a folder for them with --output.")]
    [InlineData("--format vtt", "Subtitles of several recordings cannot share one output: give a folder for them with --output.")]
    [InlineData("--alternatives 3", "--alternatives are written by --format json and jsonl only.")]
    [InlineData("--format json --alternatives 3 --beam 1", "--alternatives need a beam wider than 1: leave out --beam, or widen it.")]
    [InlineData("--threads -1", "Threads is -1; it must be 0 (one per processor) to 1024.")]
    [InlineData("--beam -1", "BeamWidth is -1; it must be 0 (the model's own) to 100000.")]
    public async Task What_makes_no_sense_is_wrong_usage(string options, string sentence) =>
        await Expect(DsnCommand.WrongUsage, "", $"dsn: {sentence}\n", ["@/in", .. options.Split(' ')]);

    [Fact]
    public async Task An_unknown_format_names_those_there_are()
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "@/in", "--format", "docx");
        Assert.Equal((DsnCommand.WrongUsage, ""), (run.Exit, run.Out));
        Assert.Contains("'docx'", run.Error, StringComparison.Ordinal);
        Assert.Contains("'vtt'", run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private async Task Expect(int exit, string output, string error, params string[] arguments)
    {
        CommandLine.Run run = await _dsn.RunAsync(["transcribe", "--model", "@/model", .. arguments]);
        run.Expect(exit, output, error);
    }
}
