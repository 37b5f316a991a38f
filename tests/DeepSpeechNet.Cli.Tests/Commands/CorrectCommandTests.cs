using System.Text;

namespace DeepSpeechNet.Cli.Tests.Commands;

/// <summary><c>dsn train spelling</c> and <c>dsn correct</c>, from files they make themselves.</summary>
public sealed class CorrectCommandTests : IDisposable
{
    private const string Pairs = "wrong\tright\tsource\nfone\tphone\thand\ngraf\tgraph\thand\nleter\tletter\thand\nmesage\tmessage\thand\nofthe\tof the\thand\nlisen\tlisten\thand\n";

    private readonly CommandLine _dsn = new();

    public CorrectCommandTests()
    {
        File.WriteAllText(_dsn["pairs.tsv"], Pairs);
        File.WriteAllText(_dsn["text.txt"], "listen to the message of the phone\nread the letter and the graph\nthe phone and the letter\nlisten and read\n");
    }

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task Lines_go_in_and_corrected_lines_come_out()
    {
        await Train();
        File.WriteAllText(_dsn["in.txt"], "Lisen to the mesage!\n\n42\nread the leter\n");

        (await Correct("@/in.txt")).Expect(0, "Listen to the message!\n\n42\nread the letter\n", "");
        _dsn.Input = Encoding.UTF8.GetBytes("the fone\n");
        (await Correct()).Expect(0, "the phone\n", "");
        (await Correct("-")).Expect(0, "the phone\n", "");
    }

    [Fact]
    public async Task Language_model_is_used_where_one_is_named()
    {
        await Train();
        Assert.Equal(0, (await _dsn.RunAsync("language", "build", "@/text.txt", "--order", "2", "--out", "@/lm.bin")).Exit);
        File.WriteAllText(_dsn["in.txt"], "listen to the mesage ofthe phone\n");

        (await _dsn.RunAsync("correct", "--model", "@/model", "--language-model", "@/lm.bin", "@/in.txt")).Expect(0, "listen to the message of the phone\n", "");
    }

    [Fact]
    public async Task Alternatives_stand_with_their_scores()
    {
        await Train();
        File.WriteAllText(_dsn["in.txt"], "the fone\n");
        CommandLine.Run run = await Correct("@/in.txt", "--alternatives", "2");

        string[] lines = run.Out.Split('\n');
        Assert.Equal((0, 4, ""), (run.Exit, lines.Length, lines[2]));
        Assert.EndsWith("\tthe phone", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_on_pairs_are_counted_for_each_source()
    {
        await Train();
        File.WriteAllText(_dsn["test.tsv"], "wrong\tright\tsource\nfone\tphone\thand\nthe leter\tthe letter\tfoot\nthe letter\tthe letter\tfoot\n");
        CommandLine.Run run = await Correct("--evaluate", "@/test.tsv");

        Assert.Equal(0, run.Exit);
        string[] lines = run.Out.Split('\n');
        Assert.Equal(["all", "2", "100.00%", "100.00%", "1", "0.00%", "0.00%", "40.00%", "0.00%"], lines[3].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task What_is_missing_or_empty_gets_a_sentence()
    {
        (await Correct("@/in.txt")).Expect(1, "", "dsn: There is no spelling corrector at '@/model': give the folder of one, or make one with 'dsn train spelling'.\n");
        await Train();
        File.WriteAllText(_dsn["empty.txt"], "\n");
        File.WriteAllText(_dsn["numbers.txt"], "1 2\n");
        File.WriteAllText(_dsn["good.txt"], "the fone\n");

        (await Correct("@/empty.txt", "@/none.txt", "@/good.txt")).Expect(1, "\nthe phone\n", "dsn: '@/empty.txt' is empty: there is nothing to correct.\ndsn: There is no file '@/none.txt'.\n");
        (await Correct("@/numbers.txt")).Expect(1, "1 2\n", "dsn: '@/numbers.txt' has no letter from a to z: there is nothing to correct, and it is written as it is.\n");
        (await _dsn.RunAsync("correct", "--model", "@/model", "--language-model", "@/none", "@/good.txt")).Expect(
            1, "", "dsn: There is no language model at '@/none': name one with --language-model, or go by the frequency of words alone with --no-language-model.\n");
        Assert.Equal(DsnCommand.WrongUsage, (await Correct("@/good.txt", "--beam", "0")).Exit);
        Assert.Equal(DsnCommand.WrongUsage, (await Correct("@/good.txt", "--evaluate", "@/pairs.tsv")).Exit);
    }

    private async Task Train()
    {
        CommandLine.Run run = await _dsn.RunAsync("train", "spelling", "--pairs", "@/pairs.tsv", "--all-pairs", "--text", "@/text.txt", "--minimum-count", "1", "--single-penalty", "0", "--edit-penalty", "1", "--out", "@/model");
        Assert.True(run.Exit == 0, run.Error);
    }

    private Task<CommandLine.Run> Correct(params string[] arguments) => _dsn.RunAsync(["correct", "--model", "@/model", "--no-language-model", .. arguments]);
}
