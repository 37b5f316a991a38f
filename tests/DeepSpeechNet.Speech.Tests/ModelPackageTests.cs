using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language;
using DeepSpeechNet.Speech.Tests.Corpora;

namespace DeepSpeechNet.Speech.Tests;

public sealed class ModelPackageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(CellKind.ClippedRelu, DirectionMode.Sum, false)]
    [InlineData(CellKind.GruResetAfter, DirectionMode.Concatenate, true)]
    [InlineData(CellKind.LstmFullPeephole, DirectionMode.Forward, false)]
    public void A_model_comes_back_with_every_bit_and_setting(CellKind cell, DirectionMode direction, bool batchNorm)
    {
        (AcousticModel model, ModelDescription description) = Make(new AcousticModelOptions { Context = 1, Hidden = 6, RecurrentLayers = 2, Cell = cell, Direction = direction, BatchNorm = batchNorm });
        ModelPackage.Save(_folder.Path, model, description);

        (AcousticModel loaded, ModelDescription read) = ModelPackage.Load(_folder.Path, _device);

        Assert.Equal(description.Acoustic, read.Acoustic);
        Assert.Equal(description.FrontEnd, read.FrontEnd);
        Assert.Equal(description.Training, read.Training);
        Assert.Equal(description.Alphabet, read.Alphabet);
        Assert.Equal(Weights(model), Weights(loaded));
    }

    [Fact]
    public void Half_precision_is_half_the_size_and_rounds_each_weight_to_eleven_bits()
    {
        (AcousticModel model, ModelDescription description) = Make(new AcousticModelOptions { Context = 1, Hidden = 40 });
        ModelPackage.Save(_folder.File("full"), model, description);
        ModelPackage.Save(_folder.File("half"), model, description, WeightFormat.Float16);

        (AcousticModel loaded, _) = ModelPackage.Load(_folder.File("half"), _device);

        float[] before = Weights(model), after = Weights(loaded);
        for (int i = 0; i < before.Length; i++)
            Assert.Equal((float)(Half)before[i], after[i]);
        long Size(string name) => new FileInfo(Path.Combine(_folder.File(name), ModelPackage.FileName)).Length;
        Assert.True(Size("half") < 0.6 * Size("full"), $"{Size("half")} bytes against {Size("full")}");
    }

    [Fact]
    public void Eight_bits_are_a_quarter_of_the_size_and_move_a_weight_by_half_a_step_at_most()
    {
        (AcousticModel model, ModelDescription description) = Make(new AcousticModelOptions { Context = 1, Hidden = 120 });
        ModelPackage.Save(_folder.File("full"), model, description);
        ModelPackage.Save(_folder.File("bytes"), model, description, WeightFormat.Int8);

        (AcousticModel loaded, _) = ModelPackage.Load(_folder.File("bytes"), _device);

        foreach ((Parameter a, Parameter b) in model.Parameters.Parameters.Zip(loaded.Parameters.Parameters))
        {
            float[] before = ParameterSet.Get(a), after = ParameterSet.Get(b);
            if (a.Shape.Rank == 1)
            {
                Assert.Equal(a.Trained ? Array.ConvertAll(before, v => (float)(Half)v) : before, after);
                continue;
            }

            Assert.True(b.Value.RowsFitBytes);
            int columns = a.Shape.Columns;
            for (int i = 0; i < before.Length; i++)
                Assert.Equal(before[i], after[i], before[(i / columns * columns)..((i / columns * columns) + columns)].Max(Math.Abs) / 254 * 1.001f);
        }

        Assert.Equal(ModelPackage.Inspect(_folder.File("full")).Parameters, ModelPackage.Inspect(_folder.File("bytes")).Parameters);
        long Size(string name) => new FileInfo(Path.Combine(_folder.File(name), ModelPackage.FileName)).Length;
        Assert.True(Size("bytes") < 0.35 * Size("full"), $"{Size("bytes")} bytes against {Size("full")}");
    }

    [Fact]
    public void Packed_bytes_are_smaller_and_give_the_same_weights()
    {
        (AcousticModel model, ModelDescription description) = Make(new AcousticModelOptions { Context = 1, Hidden = 120 });
        Random random = new(1);
        foreach (Parameter parameter in model.Parameters.Parameters.Where(p => p.Shape.Rank > 1))
            ParameterSet.Set(parameter, [.. Enumerable.Range(0, (int)parameter.Shape.Count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble())))]);
        ModelPackage.Save(_folder.File("bytes"), model, description, WeightFormat.Int8);
        ModelPackage.Save(_folder.File("packed"), model, description, WeightFormat.Int8Packed);

        AcousticModel bytes = ModelPackage.Load(_folder.File("bytes"), _device).Model, packed = ModelPackage.Load(_folder.File("packed"), _device).Model;

        Assert.Equal(Weights(bytes), Weights(packed));
        Assert.Equal(bytes.Parameters.Parameters.Select(p => p.Value.RowsFitBytes), packed.Parameters.Parameters.Select(p => p.Value.RowsFitBytes));
        (_, long count, long size) = ModelPackage.Inspect(_folder.File("bytes"));
        (_, long samecount, long smaller) = ModelPackage.Inspect(_folder.File("packed"));
        Assert.Equal(count, samecount);
        Assert.True(smaller < 0.98 * size, $"{smaller} bytes against {size}");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(100)]
    [InlineData(-1)]
    public void Packed_bytes_that_are_damaged_are_refused_by_name(int length)
    {
        (AcousticModel model, ModelDescription description) = Make(new AcousticModelOptions { Context = 1, Hidden = 40 });
        ModelPackage.Save(_folder.File("packed"), model, description, WeightFormat.Int8Packed);
        string file = _folder.File("damaged.safetensors");
        using (TensorFile tensors = TensorFile.Read(Path.Combine(_folder.File("packed"), ModelPackage.FileName)))
        {
            TensorFileWriter writer = new();
            foreach (TensorEntry entry in tensors.Tensors)
            {
                byte[] bytes = tensors.Bytes(entry.Name).ToArray();
                if (entry.Name != "acoustic.joint.weight.packed")
                    writer.Add(entry.Name, entry.Type, entry.Shape.AsSpan(), () => bytes);
                else if (length > 0)
                    writer.Add<byte>(entry.Name, [length], bytes.AsMemory(0, length));
                else
                    writer.Add<byte>(entry.Name, [bytes.Length], bytes.Select((b, i) => i < 8 ? b : (byte)~b).ToArray());
            }

            writer.Save(file);
        }

        using TensorFile damaged = TensorFile.Read(file);
        ModelFormatException fault = Assert.Throws<ModelFormatException>(() => ParameterTensors.Read(damaged, model.Parameters, "acoustic."));
        Assert.Contains("acoustic.joint.weight.packed", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_eight_bits_without_their_scales_are_refused_by_name()
    {
        (AcousticModel model, ModelDescription description) = Make(new AcousticModelOptions { Context = 1, Hidden = 6 });
        TensorFileWriter writer = new();
        foreach (Parameter parameter in model.Parameters.Parameters)
        {
            long[] shape = [.. Enumerable.Range(0, parameter.Shape.Rank).Select(i => (long)parameter.Shape[i])];
            writer.Add<sbyte>(parameter.Name, shape, new sbyte[parameter.Shape.Count]);
        }

        string file = _folder.File("bytes.safetensors");
        writer.Save(file);
        using TensorFile tensors = TensorFile.Read(file);
        ModelFormatException fault = Assert.Throws<ModelFormatException>(() => ParameterTensors.Read(tensors, model.Parameters, "acoustic."));
        Assert.Contains(".weight.scale'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_lacks_a_tensor_of_the_file_is_refused_by_its_name()
    {
        (AcousticModel model, ModelDescription description) = Make(new AcousticModelOptions { Context = 1, Hidden = 6 });
        ModelPackage.Save(_folder.Path, model, description with { Acoustic = description.Acoustic with { RecurrentLayers = 0 } });

        ModelFormatException fault = Assert.Throws<ModelFormatException>(() => ModelPackage.Load(_folder.Path, _device));
        Assert.Contains("acoustic.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_another_size_than_its_weights_is_refused_with_both_shapes()
    {
        (AcousticModel model, ModelDescription description) = Make(new AcousticModelOptions { Context = 1, Hidden = 6 });
        ModelPackage.Save(_folder.Path, model, description with { Acoustic = description.Acoustic with { Hidden = 7 } });

        ModelFormatException fault = Assert.Throws<ModelFormatException>(() => ModelPackage.Load(_folder.Path, _device));
        Assert.Contains("acoustic.dense1.weight", fault.Message, StringComparison.Ordinal);
        Assert.Contains("[6, ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("[7, ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_model_says_what_was_looked_for() =>
        Assert.Contains(ModelPackage.FileName, Assert.Throws<FileNotFoundException>(() => ModelPackage.Load(_folder.Path, _device)).Message, StringComparison.Ordinal);

    private (AcousticModel Model, ModelDescription Description) Make(AcousticModelOptions options)
    {
        FrontEndOptions frontEnd = new() { MelBins = 16 };
        Alphabet alphabet = new(" ab");
        AcousticModel model = new(_device, options, new FeatureExtractor(frontEnd).FeatureCount, alphabet.ClassCount, 7, training: false);
        return (model, new ModelDescription { Alphabet = alphabet, FrontEnd = frontEnd, Acoustic = options, Training = new TrainingRecord { Command = "dsn train speech", Epochs = 3, DevWordErrorRate = 0.25 } });
    }

    private static float[] Weights(AcousticModel model) => [.. model.Parameters.Parameters.SelectMany(ParameterSet.Get)];
}
