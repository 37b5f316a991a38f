namespace DeepSpeechNet.Cli.Tests;

public sealed class DsnCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task Help_names_every_command_on_standard_output()
    {
        CommandLine.Run run = await _dsn.RunAsync("--help");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        foreach (string command in (string[])["transcribe", "evaluate", "explain", "train", "corpus", "bench", "devices", "models"])
            Assert.Contains($"\n  {command} ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_command_is_wrong_usage()
    {
        CommandLine.Run run = await _dsn.RunAsync("transscribe");
        Assert.Equal((DsnCommand.WrongUsage, ""), (run.Exit, run.Out));
        Assert.EndsWith("See 'dsn --help'.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_without_what_it_needs_points_to_its_own_help()
    {
        CommandLine.Run run = await _dsn.RunAsync("corpus", "pack");
        Assert.Equal((DsnCommand.WrongUsage, ""), (run.Exit, run.Out));
        Assert.EndsWith("See 'dsn corpus pack --help'.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Devices_are_listed_on_standard_output()
    {
        CommandLine.Run run = await _dsn.RunAsync("devices");
        Assert.Equal(0, run.Exit);
        Assert.StartsWith("cpu: ", run.Out, StringComparison.Ordinal);
        Assert.Contains("\ngpu: ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_are_listed_a_line_each_and_a_damaged_one_is_named()
    {
        ToneSpeech.SaveModel(_dsn["models/a"], stride: 2);
        Directory.CreateDirectory(_dsn["models/b"]);
        File.WriteAllText(_dsn["models/b/model.safetensors"], "no model");
        (await _dsn.RunAsync("models", "@/models")).Expect(
            DsnCommand.Failed,
            "@/models/a\t0.0 MB, 0.00 M parameters, 0 x ClippedRelu 8, a frame each 20 ms, 8 letters, dev CER 0.00 %, WER 0.00 %\n",
            "dsn: @/models/b/model.safetensors: the header length (bytes 0 to 7) is 7810759558478983022, and must be from 2 to 16,777,216: this is no model file, or a damaged one.\n");
    }

    [Fact]
    public async Task A_folder_without_models_is_wrong_usage()
    {
        Directory.CreateDirectory(_dsn["empty"]);
        (await _dsn.RunAsync("models", "@/empty")).Expect(DsnCommand.WrongUsage, "", "dsn: @/empty holds no model packages (folders with a model.safetensors).\n");
        (await _dsn.RunAsync("models", "@/none")).Expect(DsnCommand.WrongUsage, "", "dsn: There is no folder @/none.\n");
    }
}
