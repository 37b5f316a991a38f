using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.Neural;

public sealed class LanguageModelPackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("language-package").FullName;
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(LanguageUnit.Characters, WeightFormat.Float32)]
    [InlineData(LanguageUnit.Words, WeightFormat.Float16)]
    [InlineData(LanguageUnit.Words, WeightFormat.Int8)]
    [InlineData(LanguageUnit.Words, WeightFormat.Int8Packed)]
    public void A_saved_model_comes_back(LanguageUnit unit, WeightFormat format)
    {
        (NeuralLanguageModel model, LanguageModelDescription description) = Small(unit);
        LanguageModelPackage.Save(_folder, model, description, format);
        (NeuralLanguageModel loaded, LanguageModelDescription read) = LanguageModelPackage.Load(_folder, _device);
        Assert.Equal(description.Options, read.Options);
        Assert.Equal(description.Training, read.Training);
        Assert.Equal(description.Tokens.Count, read.Tokens.Count);
        Assert.Equal("baa b\n", unit == LanguageUnit.Words ? read.Tokens.Decode([4, 3, 2]) : "baa b\n");
        foreach ((Parameter a, Parameter b) in model.Parameters.Parameters.Zip(loaded.Parameters.Parameters))
        {
            float[] before = ParameterSet.Get(a), after = ParameterSet.Get(b);
            if (format is WeightFormat.Int8 or WeightFormat.Int8Packed)
                Assert.Equal(before, after, (x, y) => Math.Abs(x - y) <= 0.005f * before.Max(Math.Abs));
            else
                Assert.Equal(format == WeightFormat.Float32 ? before : Array.ConvertAll(before, v => (float)(Half)v), after);
        }
    }

    [Fact]
    public void A_damaged_file_is_one_sentence()
    {
        (NeuralLanguageModel model, LanguageModelDescription description) = Small(LanguageUnit.Words);
        LanguageModelPackage.Save(_folder, model, description);
        string file = Path.Combine(_folder, LanguageModelPackage.FileName);
        byte[] whole = File.ReadAllBytes(file);
        Random random = new(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, i % 10 == 0 ? damaged[..random.Next(damaged.Length)] : damaged);
            ModelFormatException e = Assert.Throws<ModelFormatException>(() => LanguageModelPackage.Load(_folder, _device));
            Assert.DoesNotContain('\n', e.Message);
            Assert.StartsWith(file, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_description_that_the_weights_do_not_fit_is_refused_before_memory_is_taken()
    {
        (NeuralLanguageModel model, LanguageModelDescription description) = Small(LanguageUnit.Characters);
        LanguageModelPackage.Save(_folder, model, description with { Options = description.Options with { Hidden = 16384, Layers = 16 } });
        Assert.Contains("describes a network", Assert.Throws<ModelFormatException>(() => LanguageModelPackage.Load(_folder, _device)).Message, StringComparison.Ordinal);
        LanguageModelPackage.Save(_folder, model, description with { Options = description.Options with { Hidden = 7 } });
        Assert.Contains("shape", Assert.Throws<ModelFormatException>(() => LanguageModelPackage.Load(_folder, _device)).Message, StringComparison.Ordinal);
        LanguageModelPackage.Save(_folder, model, description with { Tokens = new CharacterTokens(Alphabet.English) });
        Assert.Throws<ModelFormatException>(() => LanguageModelPackage.Load(_folder, _device));
    }

    [Fact]
    public void A_missing_model_is_said_to_be_missing() =>
        Assert.Contains("no language model", Assert.Throws<FileNotFoundException>(() => LanguageModelPackage.Load(Path.Combine(_folder, "no"), _device)).Message, StringComparison.Ordinal);

    private (NeuralLanguageModel Model, LanguageModelDescription Description) Small(LanguageUnit unit)
    {
        LanguageTokens tokens = unit == LanguageUnit.Words ? new WordTokens(new Vocabulary(["b", "baa"])) : new CharacterTokens(new Alphabet(" ab"));
        NeuralLanguageModelOptions options = new() { Unit = unit, Cell = CellKind.GruResetAfter, Hidden = 9, Embedding = unit == LanguageUnit.Words ? 5 : 0 };
        NeuralLanguageModel model = new(_device, options, tokens.Count, tokens.End, seed: 2);
        return (model, new LanguageModelDescription { Options = options, Tokens = tokens, Training = new() { Command = "test", Steps = 3, ValidPerplexity = 1.5 } });
    }
}
