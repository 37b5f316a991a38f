namespace DeepSpeechNet.Cli.Tests.Commands;

/// <summary>A disk that fills while a command writes its result: one clear sentence, exit code 1, and nothing half-written.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public FullDiskTests()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        ToneSpeech.SaveWav(_dsn["in/one.wav"], "bad cab");
        ToneSpeech.SaveWav(_dsn["in/two.wav"], "egg");
        File.WriteAllText(_dsn["m.tsv"], "path\ttext\nin/one.wav\tbad cab\nin/two.wav\tegg\n");
    }

    public void Dispose() => _dsn.Dispose();

    [FullDiskTheory]
    [InlineData("explain @/in/one.wav --model @/model --out @/disk/page.html", "page.html", 1)]
    [InlineData("explain @/in/one.wav --model @/model --out @/disk/old", "old", 1)]
    [InlineData("evaluate --manifest @/m.tsv --model @/model --report @/disk/page.html", "page.html", 1)]
    [InlineData("transcribe @/in --model @/model --output @/disk", "one.txt", 2)]
    [InlineData("corpus pack @/m.tsv --out @/disk/store", "store", 1)]
    public void One_sentence_and_nothing_half_written(string command, string file, int sentences)
    {
        string root = _dsn[""].TrimEnd('/');
        (string output, string errors) = FullDisk.Run(_dsn["disk"], command.Replace("@", root, StringComparison.Ordinal).Split(' '));
        errors = errors.Replace(root, "@", StringComparison.Ordinal);
        Assert.EndsWith("exit 1\nfiller\nold\nold", output, StringComparison.Ordinal);
        Assert.Equal(sentences, errors.Count(c => c == '\n'));
        Assert.Contains($"Cannot save '@/disk/{file}': the disk is full. Free some space and try again; an earlier file of this name is unchanged.\n", errors, StringComparison.Ordinal);
    }
}
