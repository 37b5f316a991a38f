using System.IO.Compression;
using System.Text;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class LanguageCommandTests : IDisposable
{
    private const string Text = "the cat sat\nthe cat ran\nthe dog sat\na dog ran\nthe cat sat\n";
    private readonly CommandLine _dsn = new();

    public LanguageCommandTests() => File.WriteAllText(_dsn["text.txt"], Text);

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task A_model_is_built_measured_and_converted()
    {
        CommandLine.Run built = await _dsn.RunAsync("language", "build", "@/text.txt", "--order", "2", "--out", "@/m.bin");
        Assert.Equal(0, built.Exit);
        Assert.StartsWith("@/m.bin: 9 1-grams, 11 2-grams; ", built.Out);
        Assert.Contains("1-grams: too few for discounts of their own; 0.5 1.0 1.5 are used\n", built.Error);
        Assert.Contains("\n5 sentences, 15 words, 0.00% of them unknown; ", built.Error);
        CommandLine.Run measured = await _dsn.RunAsync("language", "perplexity", "@/m.bin", "@/text.txt");
        Assert.StartsWith("5 sentences, 15 words, 0 of them unknown\nperplexity ", measured.Out);
        Assert.StartsWith("@/m.arpa: 9 1-grams, 11 2-grams; ", (await _dsn.RunAsync("language", "convert", "@/m.bin", "@/m.arpa")).Out);
        Assert.StartsWith("\\data\\\nngram 1=9\nngram 2=11\n", File.ReadAllText(_dsn["m.arpa"]));
        Assert.Equal(measured.Out, (await _dsn.RunAsync("language", "perplexity", "@/m.arpa", "@/text.txt")).Out);
        CommandLine.Run bytes = await _dsn.RunAsync("language", "convert", "@/m.arpa", "@/small.bin", "--quantise", "--prune", "0.05", "--measure", "@/text.txt");
        Assert.Equal(0, bytes.Exit);
        Assert.Contains(" before, ", bytes.Error);
        Assert.DoesNotContain("11 2-grams", bytes.Out);
    }

    [Fact]
    public async Task Models_are_mixed()
    {
        File.WriteAllText(_dsn["orders.txt"], "a large latte\na small latte\n");
        await Build("@/text.txt");
        await _dsn.RunAsync("language", "build", "@/orders.txt", "--order", "2", "--out", "@/orders.arpa");
        CommandLine.Run mixed = await _dsn.RunAsync("language", "mix", "@/m.bin", "@/orders.arpa", "--weights", "0.8", "0.2", "--out", "@/both.bin", "--quantise");
        Assert.Equal(0, mixed.Exit);
        Assert.StartsWith("@/both.bin: 12 1-grams, ", mixed.Out);
        Assert.StartsWith("2 sentences, 6 words, 0 of them unknown\n", (await _dsn.RunAsync("language", "perplexity", "@/both.bin", "@/orders.txt")).Out);

        await _dsn.RunAsync("language", "build", "@/text.txt", "--characters", "--out", "@/letters.bin");
        (await _dsn.RunAsync("language", "mix", "@/m.bin", "@/letters.bin", "--out", "@/x.bin")).Expect(2, "", "dsn: '@/letters.bin' and '@/m.bin' cannot be mixed: one is a model of words and the other of characters.\n");
        (await _dsn.RunAsync("language", "mix", "@/m.bin", "@/orders.arpa", "--weights", "1", "--out", "@/x.bin")).Expect(2, "", "dsn: --weights has 1 numbers for 2 models: give one for each.\n");
        (await _dsn.RunAsync("language", "mix", "@/m.bin", "@/orders.arpa", "--weights", "1", "0", "--out", "@/x.bin")).Expect(2, "", "dsn: --weights are numbers above 0.\n");
        (await _dsn.RunAsync("language", "mix", "@/m.bin", "@/orders.arpa", "--quantise", "--out", "@/x.arpa")).Expect(2, "", "dsn: --quantise needs the binary form: give the model a name that does not end in .arpa.\n");
        Assert.False(File.Exists(_dsn["x.bin"]));
    }

    [Fact]
    public async Task Text_comes_from_gzip_and_from_standard_input_and_may_be_characters()
    {
        using (GZipStream zip = new(File.Create(_dsn["text.gz"]), CompressionLevel.Fastest)) zip.Write(Encoding.UTF8.GetBytes(Text));
        CommandLine.Run packed = await _dsn.RunAsync("language", "build", "@/text.gz", "--characters", "--order", "3", "--out", "@/c.arpa");
        Assert.Contains("5 sentences, 53 characters", packed.Error);
        Assert.Contains("<space> c", File.ReadAllText(_dsn["c.arpa"]));
        _dsn.Input = Encoding.UTF8.GetBytes(Text);
        CommandLine.Run piped = await _dsn.RunAsync("language", "perplexity", "@/c.arpa", "-");
        Assert.StartsWith("5 sentences, 53 characters, 0 of them unknown\n", piped.Out);
        Assert.EndsWith(" bits a character\n", piped.Out);
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_in_a_sentence()
    {
        File.WriteAllText(_dsn["empty.txt"], "");
        File.WriteAllText(_dsn["blank.txt"], " \n\n");
        File.WriteAllText(_dsn["bad.arpa"], "\\data\\\nngram 1=2\n\\1-grams:\n-1 the\n\\end\\\n");
        (await Build("@/empty.txt")).Expect(1, "", "dsn: The text is empty: give text of one sentence a line.\n");
        (await Build("@/blank.txt")).Expect(1, "", "dsn: The text has no word, only blank lines: give text of one sentence a line.\n");
        (await Build("@/none.txt")).Expect(2, "", "dsn: There is no text file '@/none.txt'.\n");
        (await Build("@/text.txt", "--order", "0")).Expect(2, "", "dsn: The order of an n-gram model is 1 to 10, not 0.\n");
        (await Build("@/text.txt", "--vocabulary", "0")).Expect(2, "", "dsn: The vocabulary has at least 1 word, not 0.\n");
        (await Build("@/text.txt", "--min-count", "9")).Expect(
            1, "", "dsn: No word of the text occurs 9 times, so the vocabulary would have no word: lower the minimum count or give more text.\n");
        (await Build("@/text.txt", "--vocabulary-file", "@/empty.txt")).Expect(1, "", "dsn: @/empty.txt: the vocabulary has no word: give a file of one word a line.\n");
        (await Build("@/text.txt", "--prune-counts", "0,x")).Expect(2, "", "dsn: --prune-counts takes whole numbers such as 0,0,1, not '0,x'.\n");
        (await Build("@/text.txt", "--prune", "-1")).Expect(2, "", "dsn: The pruning threshold is 0 or more, not -1.\n");
        (await _dsn.RunAsync("language", "perplexity", "@/bad.arpa", "@/text.txt")).Expect(
            1, "", "dsn: @/bad.arpa: line 5 ends the 1-grams after 1, but \\data\\ says that there are 2.\n");
        (await _dsn.RunAsync("language", "perplexity", "@/empty.txt", "@/text.txt")).Expect(
            1, "", "dsn: @/empty.txt: the file is empty: give an n-gram model, in ARPA or this program's binary form.\n");
        (await _dsn.RunAsync("language", "convert", "@/bad.arpa", "@/x.bin", "--quantise")).Expect(2, "", "dsn: --quantise needs --measure TEXT, to say what it costs.\n");
    }

    private Task<CommandLine.Run> Build(params string[] arguments) => _dsn.RunAsync(["language", "build", .. arguments, "--out", "@/m.bin"]);
}
