using System.Globalization;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class BenchCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task Every_part_gets_a_figure_above_nothing()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        CommandLine.Run run = await _dsn.RunAsync("bench", "--model", "@/model", "--seconds", "0.01", "--threads", "1");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        string[] lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal("@/model: 0.00 M parameters, 0 x 8 dense, 0 x ClippedRelu 8", lines[1]);
        Assert.Equal(
            ["matrix product of 1024 x 1024", "front end, one thread", "network, 5 s of speech alone", "network, 16 such together", "CTC with gradient, 16 texts of 80 letters, 250 frames"],
            lines[4..].Select(l => l[..l.IndexOf("  ", StringComparison.Ordinal)]));
        foreach (string line in lines[4..])
            Assert.True(double.Parse(line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) > 0, line);
    }

    [Fact]
    public async Task The_processor_launches_no_kernels()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        string[] lines = (await _dsn.RunAsync("bench", "--model", "@/model", "--seconds", "0.01", "--threads", "1", "--trace")).Out.TrimEnd('\n').Split('\n');
        Assert.EndsWith("launches", lines[3], StringComparison.Ordinal);
        Assert.All(lines[4..], line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task Time_that_is_none_is_wrong_usage(string seconds) => (await _dsn.RunAsync("bench", "--seconds", seconds)).Expect(
        DsnCommand.WrongUsage, "", $"dsn: --seconds is {seconds}; it must be above 0 and at most 3600.\n");

    [Fact]
    public async Task A_missing_model_is_a_sentence()
    {
        CommandLine.Run run = await _dsn.RunAsync("bench", "--model", "@/none");
        Assert.Equal((DsnCommand.Failed, ""), (run.Exit, run.Out));
        Assert.StartsWith("dsn: There is no model at @/none: ", run.Error, StringComparison.Ordinal);
    }
}
