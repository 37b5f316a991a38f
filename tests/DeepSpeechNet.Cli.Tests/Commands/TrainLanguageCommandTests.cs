namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class TrainLanguageCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public TrainLanguageCommandTests() => File.WriteAllText(_dsn["text.txt"], string.Concat(Enumerable.Repeat("the cat sat\nthe dog ran\na cat ran\n", 30)));

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task A_word_model_is_trained_compared_and_writes()
    {
        CommandLine.Run trained = await Train("@/words", "--hold-out", "0.1", "--hidden", "12", "--embedding", "8", "--batch", "4", "--window", "8", "--epochs", "4");
        Assert.Equal((0, ""), (trained.Exit, trained.Out));
        Assert.Contains("324 symbols in 81 sentences, vocabulary 9; valid 36", trained.Error, StringComparison.Ordinal);
        Assert.Contains("epoch 4 step 44: perplexity", trained.Error, StringComparison.Ordinal);
        Assert.EndsWith("Finished; the best model is in @/words.\n", trained.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_dsn["words/language.safetensors"]));

        CommandLine.Run again = await Train("@/words", "--hold-out", "0.1", "--hidden", "12", "--embedding", "8", "--batch", "4", "--window", "8", "--epochs", "4");
        Assert.Equal(2, again.Exit);
        Assert.Contains("add --resume", again.Error, StringComparison.Ordinal);

        CommandLine.Run written = await _dsn.RunAsync("language", "generate", "@/words", "--count", "3", "--begin", "the");
        Assert.Equal(3, written.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(written.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("the", line, StringComparison.Ordinal));

        Assert.Equal(0, (await _dsn.RunAsync("language", "build", "@/text.txt", "--order", "2", "--out", "@/two.bin")).Exit);
        CommandLine.Run compared = await _dsn.RunAsync("language", "compare", "@/words", "@/two.bin", "--text", "@/text.txt", "--interpolate");
        Assert.Equal(0, compared.Exit);
        string[] lines = compared.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("model", lines[0], StringComparison.Ordinal);
        Assert.Contains(" + ", lines[3], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.Contains(" 180 ", line, StringComparison.Ordinal));
        CommandLine.Run apart = await _dsn.RunAsync("language", "compare", "@/words", "--text", "@/text.txt", "--sentences-apart", "--sentences", "5");
        Assert.Contains(" 20 ", apart.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_widened_and_goes_on()
    {
        Assert.Equal(0, (await Train("@/words", "--hidden", "6", "--embedding", "8", "--epochs", "1")).Exit);
        CommandLine.Run wider = await Train("@/wide", "--hidden", "9", "--embedding", "8", "--epochs", "1", "--from", "@/words");
        Assert.EndsWith("Finished; the best model is in @/wide.\n", wider.Error, StringComparison.Ordinal);
        CommandLine.Run narrower = await Train("@/narrow", "--hidden", "5", "--embedding", "8", "--epochs", "1", "--from", "@/words");
        Assert.Equal(2, narrower.Exit);
        Assert.Contains("a larger --hidden to widen it", narrower.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_of_a_package_goes_on_by_its_kind()
    {
        Assert.Equal(0, (await Train("@/words", "--hidden", "6", "--embedding", "8", "--epochs", "1")).Exit);
        Assert.Equal(0, (await Train("@/letters", "--unit", "Characters", "--hidden", "6", "--embedding", "8", "--epochs", "1")).Exit);
        Assert.Equal(0, (await _dsn.RunAsync("models", "language", "--rnn", "@/letters", "@/words", "--out", "@/package")).Exit);
        foreach (string unit in new[] { "Words", "Characters" })
        {
            CommandLine.Run on = await Train($"@/on-{unit}", "--unit", unit, "--hidden", "6", "--embedding", "8", "--epochs", "1", "--from", "@/package");
            Assert.True(on.Exit == 0, on.Error);
        }
    }

    [Fact]
    public async Task What_cannot_be_trained_is_said_in_a_sentence()
    {
        File.WriteAllText(_dsn["empty.txt"], "\n");
        File.WriteAllText(_dsn["upper.txt"], "ABC\n");
        CommandLine.Run Check(CommandLine.Run run, int exit, string words)
        {
            Assert.True(run.Exit == exit && run.Error.Contains(words, StringComparison.Ordinal), $"{run.Exit}: {run.Error}");
            return run;
        }

        Check(await _dsn.RunAsync("train", "language", "--train", "@/empty.txt", "--out", "@/o"), 1, "no word");
        Check(await _dsn.RunAsync("train", "language", "--train", "@/none.txt", "--out", "@/o"), 1, "There is no text file @/none.txt");
        Check(await _dsn.RunAsync("train", "language", "--train", "@/upper.txt", "--unit", "Characters", "--out", "@/o"), 1, "upper.txt, line 1");
        Check(await Train("@/o", "--hidden", "0"), 2, "Hidden is 0");
        Check(await Train("@/o", "--epochs", "0"), 2, "Epochs is 0");
        Check(await Train("@/o", "--tied", "--hidden", "8", "--embedding", "0"), 2, "tied embeddings need");
        Check(await Train("@/o", "--hold-out", "1.5"), 2, "--hold-out is 1.5");
        Check(await _dsn.RunAsync("language", "generate", "@/nothing"), 1, "nothing");
        Check(await _dsn.RunAsync("language", "generate", "@/text.txt", "--temperature", "0"), 2, "--temperature is 0");
        Assert.False(Directory.Exists(_dsn["o"]));
    }

    private Task<CommandLine.Run> Train(string folder, params string[] more) => _dsn.RunAsync(["train", "language", "--train", "@/text.txt", "--threads", "1", "--out", folder, .. more]);
}
