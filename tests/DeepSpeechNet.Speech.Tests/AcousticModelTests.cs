using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Speech.Tests;

/// <summary>Residual recurrent layers, and a deeper network begun with the weights of another.</summary>
public sealed class AcousticModelTests : IDisposable
{
    private const int Time = 9, Batch = 2, Features = 3, Classes = 4;
    private static readonly AcousticModelOptions Shallow = new() { Context = 1, Stride = 1, Hidden = 6, DenseLayers = 1, RecurrentLayers = 1, Cell = CellKind.GruResetAfter };
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 2 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(CellKind.GruResetAfter, DirectionMode.Sum, false)]
    [InlineData(CellKind.GruResetBefore, DirectionMode.Concatenate, false)]
    [InlineData(CellKind.Lstm, DirectionMode.Sum, true)]
    [InlineData(CellKind.LstmFullPeephole, DirectionMode.Forward, false)]
    [InlineData(CellKind.Tanh, DirectionMode.Sum, false)]
    public void Layers_that_are_added_pass_everything_on_and_can_learn(CellKind cell, DirectionMode direction, bool batchNorm)
    {
        AcousticModelOptions shape = Shallow with { Cell = cell, Direction = direction, BatchNorm = batchNorm, Dropout = 0 };
        AcousticModel old = Make(shape), deeper = Make(shape with { RecurrentLayers = 3, ResidualLayers = 2 });
        Assert.NotEqual(Logits(old), Logits(deeper));

        Assert.True(deeper.TryStartFrom(old));

        Assert.Equal(Logits(old), Logits(deeper));
        Tape tape = new(_device, recording: true);
        Tensor logits = deeper.Logits(tape, Frames(), Lengths());
        tape.GiveGradient(logits, Values(logits.Shape, silent: false));
        tape.Backward();
        foreach (Parameter parameter in deeper.Parameters.Parameters.Where(p => p.Name.Contains("recurrent3", StringComparison.Ordinal) && p.Name.EndsWith(".input.weight", StringComparison.Ordinal)))
            Assert.Contains(Download(parameter.Value.Gradient!), g => g != 0);
    }

    [Fact]
    public void A_residual_layer_adds_its_input()
    {
        // Two equal layers, the second with weights of zero but a bias that fixes its state: h follows b alone, whatever comes in.
        AcousticModelOptions shape = Shallow with { RecurrentLayers = 2, Direction = DirectionMode.Forward, Dropout = 0 };
        AcousticModel plain = Make(shape), residual = Make(shape with { ResidualLayers = 1 });
        foreach (AcousticModel model in (AcousticModel[])[plain, residual])
        {
            foreach (Parameter parameter in model.Parameters.Parameters.Where(p => p.Name.Contains("recurrent2", StringComparison.Ordinal)))
                ParameterSet.Set(parameter, [.. Enumerable.Repeat(parameter.Name.EndsWith(".input.bias", StringComparison.Ordinal) ? 0.3f : 0, (int)parameter.Shape.Count)]);
        }

        // The plain network's scores do not depend on the sound any more; the residual one's do.
        Assert.Equal(Logits(plain), Logits(plain, silent: true));
        Assert.NotEqual(Logits(residual), Logits(residual, silent: true));
    }

    [Fact]
    public void Networks_that_do_not_fit_are_left_alone()
    {
        AcousticModel old = Make(Shallow);
        foreach (AcousticModelOptions shape in (AcousticModelOptions[])[
            Shallow with { Hidden = 7 },
            Shallow with { RecurrentLayers = 2 },
            Shallow with { RecurrentLayers = 3, ResidualLayers = 1 },
            Shallow with { RecurrentLayers = 0 },
            Shallow with { Cell = CellKind.Lstm },
            Shallow with { ResidualLayers = 1 }])
        {
            AcousticModel model = Make(shape);
            float[] before = Logits(model);
            Assert.False(model.TryStartFrom(old));
            Assert.Equal(before, Logits(model));
        }

        AcousticModel clipped = Make(Shallow with { Cell = CellKind.ClippedRelu, RecurrentLayers = 2, ResidualLayers = 1 });
        Assert.False(clipped.TryStartFrom(Make(Shallow with { Cell = CellKind.ClippedRelu })));
    }

    [Fact]
    public void Stride_and_dropout_may_differ()
    {
        AcousticModel old = Make(Shallow), model = Make(Shallow with { Stride = 3, Dropout = 0.4f });
        Assert.True(model.TryStartFrom(old));
        Assert.Equal(old.Parameters.Parameters.Select(ParameterSet.Get), model.Parameters.Parameters.Select(ParameterSet.Get));
    }

    [Fact]
    public void Phones_come_out_beside_the_letters_and_change_none()
    {
        AcousticModel letters = Make(Shallow), both = Make(Shallow with { Phones = 5 });
        Assert.True(both.TryStartFrom(letters));

        Tape tape = new(_device, recording: false);
        Tensor logits = both.Logits(tape, Frames(), Lengths(), out Tensor? phones);

        Assert.Equal(Logits(letters), Download(logits));
        Assert.Equal(new Shape(Time, Batch, 6), phones!.Shape);
        Assert.Contains(Download(phones), value => value != 0);
        letters.Logits(tape, Frames(), Lengths(), out Tensor? none);
        Assert.Null(none);
        AcousticModel back = Make(Shallow);
        Assert.True(back.TryStartFrom(both));
        Assert.Equal(Logits(letters), Logits(back));
    }

    [Fact]
    public void Phones_of_another_number_begin_anew()
    {
        AcousticModel five = Make(Shallow with { Phones = 5 }), six = Make(Shallow with { Phones = 6 });
        float[] before = Of(six, "acoustic.phones.output.weight");
        Assert.True(six.TryStartFrom(five));
        Assert.Equal(before, Of(six, "acoustic.phones.output.weight"));
        Assert.Equal(Logits(five), Logits(six));
    }

    [Fact]
    public void The_phones_teach_the_layers_below_and_the_letters_own_ones_nothing()
    {
        AcousticModel model = Make(Shallow with { Phones = 5, Dropout = 0 });
        Tape tape = new(_device, recording: true);
        model.Logits(tape, Frames(), Lengths(), out Tensor? phones);
        tape.GiveGradient(phones!, Values(phones!.Shape, silent: false));
        tape.Backward();
        model.Parameters.ZeroUnreachedGradients(tape);
        foreach (Parameter parameter in model.Parameters.Parameters.Where(p => p.Name.EndsWith(".weight", StringComparison.Ordinal)))
        {
            bool own = parameter.Name is "acoustic.joint.weight" or "acoustic.output.weight";
            Assert.Equal(!own, Download(parameter.Value.Gradient!).Any(g => g != 0));
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, -1)]
    public void More_residual_layers_than_recurrent_ones_are_refused(int layers, int residual) =>
        Assert.Throws<ArgumentException>((Shallow with { RecurrentLayers = layers, ResidualLayers = residual }).Validate);

    [Fact]
    public void A_first_layer_of_another_width_cannot_be_residual()
    {
        AcousticModelOptions wide = Shallow with { RecurrentHidden = 8, ResidualLayers = 1 };
        ArgumentException error = Assert.Throws<ArgumentException>(wide.Validate);
        Assert.Contains("ResidualLayers", error.Message, StringComparison.Ordinal);
        (wide with { RecurrentLayers = 2 }).Validate();
    }

    private AcousticModel Make(AcousticModelOptions shape) => new(_device, shape, Features, Classes, seed: 5, training: true);

    private static float[] Of(AcousticModel model, string name) => ParameterSet.Get(model.Parameters.Parameters.Single(p => p.Name == name));

    private float[] Logits(AcousticModel model, bool silent = false)
    {
        Tape tape = new(_device, recording: false);
        return Download(model.Logits(tape, Frames(silent), Lengths()));
    }

    private Tensor Frames(bool silent = false) => Values(new Shape(Time, Batch, Features), silent);

    private Tensor Values(Shape shape, bool silent)
    {
        Random random = new(3);
        Tensor tensor = _device.Allocate(ElementType.Float32, shape);
        float[] values = [.. Enumerable.Range(0, (int)tensor.Count).Select(_ => silent ? 0 : random.NextSingle() - 0.5f)];
        _device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return tensor;
    }

    private Tensor Lengths()
    {
        Tensor lengths = _device.Allocate(ElementType.Int32, new Shape(Batch));
        _device.Upload(MemoryMarshal.AsBytes((ReadOnlySpan<int>)[Time, Time - 2]), lengths);
        return lengths;
    }

    private float[] Download(Tensor tensor)
    {
        float[] values = new float[tensor.Count];
        _device.Download(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
