using System.Text;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class PronounceCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task A_pronouncer_that_was_trained_says_words()
    {
        await File.WriteAllTextAsync(_dsn["words.dict"], "tea T IY1\neat IY1 T\nat AE1 T\ntat T AE1 T\nteat T IY1 T\n");
        await File.WriteAllTextAsync(_dsn["text.txt"], "eat tea at tea\n");
        CommandLine.Run run = await _dsn.RunAsync(
            "train", "pronouncer", "--dictionary", "@/words.dict", "--frequent", "@/text.txt", "--epochs", "120", "--learning-rate", "0.02", "--batch", "4", "--hidden", "12", "--layers", "1", "--threads", "1", "--out", "@/said");
        Assert.Equal(0, run.Exit);
        Assert.Contains("5 words, 3 of them frequent, 0 held out; 3 phones", run.Error, StringComparison.Ordinal);
        Assert.Contains("held out: none; frequent: 100.0 % of words right, 0.00 % of phones wrong", run.Error, StringComparison.Ordinal);

        (await _dsn.RunAsync("pronounce", "--model", "@/said", "Tea", "at")).Expect(0, "tea T IY\nat AE T\n", "");
        _dsn.Input = Encoding.UTF8.GetBytes("eat\n\ntea\n");
        (await _dsn.RunAsync("pronounce", "--model", "@/said")).Expect(0, "eat IY T\ntea T IY\n", "");
        CommandLine.Run bad = await _dsn.RunAsync("pronounce", "--model", "@/said", "tea4two");
        Assert.Equal(2, bad.Exit);
        Assert.Contains("'tea4two' cannot be pronounced", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_pronouncer_is_named()
    {
        CommandLine.Run run = await _dsn.RunAsync("pronounce", "--model", "@/none", "tea");
        Assert.NotEqual(0, run.Exit);
        Assert.Contains("There is no pronouncer at @/none", run.Error, StringComparison.Ordinal);
    }
}
