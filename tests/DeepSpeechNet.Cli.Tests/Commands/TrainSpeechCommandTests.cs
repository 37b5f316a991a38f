using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class TrainSpeechCommandTests : IDisposable
{
    private static readonly string[] Small = ["--hidden", "8", "--dense-layers", "1", "--context", "1", "--mel-bins", "8", "--epochs", "2", "--batch", "2", "--threads", "1"];
    private readonly CommandLine _dsn = new();

    public TrainSpeechCommandTests()
    {
        List<string> rows = ["path\ttext"];
        foreach (string text in new[] { "bad", "cab", "bad cab", "dab" })
        {
            string name = text.Replace(' ', '-') + ".wav";
            ToneSpeech.SaveWav(_dsn[name], text);
            rows.Add($"{name}\t{text}");
        }

        File.WriteAllLines(_dsn["train.tsv"], rows);
    }

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task A_run_saves_a_package_and_its_log()
    {
        CommandLine.Run run = await Train("@/run");
        Assert.Equal(0, run.Exit);
        Assert.Contains("4 utterances", run.Error, StringComparison.Ordinal);
        Assert.Contains("epoch 2: loss", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("phones", run.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await File.ReadAllLinesAsync(_dsn["run/log.tsv"])).Length);
        Assert.Equal(0, ModelPackage.Inspect(_dsn["run"]).Description.Acoustic.Phones);
    }

    [Fact]
    public async Task With_a_pronouncing_dictionary_phones_are_trained_and_can_be_left_out_again()
    {
        await File.WriteAllTextAsync(_dsn["one.dict"], "bad B AE1 D\ncab K AE1 B\n");
        await File.WriteAllTextAsync(_dsn["two.dict"], "dabs D AE1 B Z\n");
        CommandLine.Run run = await Train("@/run", "--pronunciations", "@/one.dict", "@/two.dict");
        Assert.Equal(0, run.Exit);
        Assert.Contains("5 phones, of 3 utterances; the other 1 hold words that the dictionary lacks", run.Error, StringComparison.Ordinal);
        Assert.Contains("WER", run.Error, StringComparison.Ordinal);
        Assert.Contains(", phones ", run.Error, StringComparison.Ordinal);
        (ModelDescription both, long parameters, _) = ModelPackage.Inspect(_dsn["run"]);
        Assert.Equal(5, both.Acoustic.Phones);

        Assert.Equal(0, (await _dsn.RunAsync("models", "convert", "@/run", "@/letters", "--letters-only", "--weights", "Float32")).Exit);
        (ModelDescription letters, long fewer, _) = ModelPackage.Inspect(_dsn["letters"]);
        Assert.Equal(0, letters.Acoustic.Phones);
        Assert.Equal(parameters - ((8 * 8) + 8 + (8 * 6) + 6), fewer);
        CommandLine.Run a = await _dsn.RunAsync("transcribe", "--model", "@/run", "@/bad.wav"), b = await _dsn.RunAsync("transcribe", "--model", "@/letters", "@/bad.wav");
        Assert.Equal((0, a.Out), (b.Exit, b.Out));
    }

    [Fact]
    public async Task A_pronouncer_is_put_into_a_package_kept_and_taken_out()
    {
        await File.WriteAllTextAsync(_dsn["words.dict"], "bad B AE1 D\ncab K AE1 B\n");
        await File.WriteAllTextAsync(_dsn["other.dict"], "bad B AE1 D\n");
        foreach ((string name, string folder) in new[] { ("words", "said"), ("other", "other") })
            Assert.Equal(0, (await _dsn.RunAsync("train", "pronouncer", "--dictionary", $"@/{name}.dict", "--epochs", "1", "--hidden", "6", "--layers", "1", "--threads", "1", "--out", $"@/{folder}")).Exit);
        Assert.Equal(0, (await Train("@/run", "--pronunciations", "@/words.dict")).Exit);

        Assert.Equal(0, (await _dsn.RunAsync("models", "convert", "@/run", "@/one", "--pronouncer", "@/said")).Exit);
        Assert.Equal(0, (await _dsn.RunAsync("models", "convert", "@/one", "@/two", "--weights", "Float32")).Exit);
        Assert.Equal(0, (await _dsn.RunAsync("models", "convert", "@/two", "@/three", "--letters-only")).Exit);
        string said = (await _dsn.RunAsync("pronounce", "--model", "@/one/model.safetensors", "bad")).Out;
        Assert.StartsWith("bad", said, StringComparison.Ordinal);
        Assert.Equal(said, (await _dsn.RunAsync("pronounce", "--model", "@/two/model.safetensors", "bad")).Out);
        Assert.Contains("holds no pronouncer", (await _dsn.RunAsync("pronounce", "--model", "@/three/model.safetensors", "bad")).Error, StringComparison.Ordinal);
        CommandLine.Run weighted = await _dsn.RunAsync("transcribe", "--model", "@/one", "--beam", "8", "--phone-weight", "0.5", "@/bad.wav");
        Assert.Equal((0, ""), (weighted.Exit, weighted.Error));

        CommandLine.Run wrong = await _dsn.RunAsync("models", "convert", "@/run", "@/no", "--pronouncer", "@/other");
        Assert.Equal(2, wrong.Exit);
        Assert.Contains("has 4 phones and the pronouncer 3", wrong.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_dsn["no"]));
    }

    [Theory]
    [InlineData("bad", "line 1 has a word without phones")]
    [InlineData("# nothing", "no pronunciations")]
    public async Task A_dictionary_that_is_none_is_named(string text, string message)
    {
        await File.WriteAllTextAsync(_dsn["bad.dict"], text + "\n");
        CommandLine.Run run = await Train("@/run", "--pronunciations", "@/bad.dict");
        Assert.Equal(1, run.Exit);
        Assert.Contains("@/bad.dict", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private Task<CommandLine.Run> Train(string folder, params string[] more) =>
        _dsn.RunAsync(["train", "speech", "--train", "@/train.tsv", "--dev", "@/train.tsv", "--out", folder, .. Small, .. more]);
}
