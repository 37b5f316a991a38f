using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class ModelsAverageCommandTests : IDisposable
{
    private static readonly Alphabet Letters = new(" ab");
    private readonly CommandLine _dsn = new();
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose()
    {
        _dsn.Dispose();
        _device.Dispose();
    }

    [Fact]
    public async Task Every_weight_is_the_mean_of_the_models()
    {
        float[][] a = Save("a", 1), b = Save("b", 2), c = Save("c", 3);
        CommandLine.Run run = await _dsn.RunAsync("models", "average", "@/a", "@/b", "@/c", "--out", "@/mean");
        Assert.Equal((0, ""), (run.Exit, run.Out));
        Assert.StartsWith("@/mean/model.safetensors: the mean of 3 models", run.Error, StringComparison.Ordinal);
        float[][] mean = Weights(ModelPackage.Load(_dsn["mean"], _device).Model);
        for (int p = 0; p < mean.Length; p++)
        {
            for (int i = 0; i < mean[p].Length; i++)
                Assert.Equal(((double)a[p][i] + b[p][i] + c[p][i]) / 3, mean[p][i], 1e-6);
        }
    }

    [Fact]
    public async Task Language_models_are_averaged_too()
    {
        await File.WriteAllTextAsync(_dsn["text.txt"], "bad cab\ncab bad\nbad\n");
        string[] options = ["--train", "@/text.txt", "--valid", "@/text.txt", "--hidden", "6", "--embedding", "4", "--batch", "1", "--window", "4", "--epochs", "1", "--weights", "Float32"];
        foreach (string seed in new[] { "1", "2" })
            Assert.Equal(0, (await _dsn.RunAsync(["train", "language", .. options, "--seed", seed, "--out", $"@/l{seed}"])).Exit);
        Assert.Equal(0, (await _dsn.RunAsync("models", "average", "@/l1", "@/l2", "--out", "@/lmean")).Exit);
        ParameterSet[] sets = [.. new[] { "l1", "l2", "lmean" }.Select(name => LanguageModelPackage.Load(_dsn[name], _device).Model.Parameters)];
        for (int p = 0; p < sets[0].Parameters.Count; p++)
        {
            float[] a = ParameterSet.Get(sets[0].Parameters[p]), b = ParameterSet.Get(sets[1].Parameters[p]), mean = ParameterSet.Get(sets[2].Parameters[p]);
            for (int i = 0; i < mean.Length; i++)
                Assert.Equal((a[i] + b[i]) / 2, mean[i], 1e-6f);
        }

        Assert.Equal(0, (await _dsn.RunAsync(["train", "language", .. options, "--layers", "2", "--out", "@/deep"])).Exit);
        CommandLine.Run other = await _dsn.RunAsync("models", "average", "@/l1", "@/deep", "--out", "@/no");
        Assert.Equal(2, other.Exit);
        Assert.Contains("differ in network or symbols", other.Error);
    }

    [Fact]
    public async Task Models_of_another_shape_cannot_be_averaged()
    {
        Save("a", 1);
        Save("wide", 2, hidden: 7);
        (await _dsn.RunAsync("models", "average", "@/a", "@/wide", "--out", "@/mean")).Expect(
            2, "", "dsn: @/wide and @/a differ in network, front end or alphabet: average models of one shape alone.\n");
        Assert.Equal(2, (await _dsn.RunAsync("models", "average", "@/a", "--out", "@/mean")).Exit);
        Assert.Equal(1, (await _dsn.RunAsync("models", "average", "@/a", "@/none", "--out", "@/mean")).Exit);
        Assert.False(Directory.Exists(_dsn["mean"]));
    }

    private static float[][] Weights(AcousticModel model) => [.. model.Parameters.Parameters.Select(ParameterSet.Get)];

    private float[][] Save(string name, ulong seed, int hidden = 6)
    {
        FrontEndOptions frontEnd = new() { MelBins = 8, MfccCount = 8 };
        AcousticModelOptions options = new() { Context = 1, DenseLayers = 1, RecurrentLayers = 1, Hidden = hidden };
        AcousticModel model = new(_device, options, 8, Letters.ClassCount, seed, training: false);
        ModelPackage.Save(_dsn[name], model, new ModelDescription { Alphabet = Letters, FrontEnd = frontEnd, Acoustic = options });
        return Weights(model);
    }
}
