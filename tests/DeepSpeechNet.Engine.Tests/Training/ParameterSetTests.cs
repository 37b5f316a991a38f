using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Training;

public sealed class ParameterSetTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Trained_parameters_lie_in_one_buffer_in_order_and_statistics_do_not()
    {
        ParameterSet set = new();
        Parameter a = set.Add("a", new Shape(3, 5), Initialiser.Glorot), b = set.Add("b", new Shape(7), Initialiser.Ones);
        Parameter running = set.AddState("r", new Shape(2, 4), Initialiser.Statistics);
        set.Allocate(_device, 1, training: true);

        float[] flat = set.Values!.ToArray();
        Assert.Equal(ParameterSet.Get(a), flat[..15]);
        Assert.Equal(0, flat[15]);
        Assert.Equal(Enumerable.Repeat(1f, 7), flat[16..23]);
        Assert.All(flat[23..], value => Assert.Equal(0, value));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], ParameterSet.Get(running));
        Assert.Equal(22, set.TrainedCount);
        Assert.Same(set.Gradients!.Buffer, b.Value.Gradient!.Buffer);
    }

    [Fact]
    public void Tables_trained_by_rows_lie_apart_and_have_no_dense_gradient()
    {
        ParameterSet set = new();
        Parameter dense = set.Add("dense", new Shape(3, 5), Initialiser.Ones), table = set.AddTable("table", new Shape(40, 5), Initialiser.Ones);
        set.Allocate(_device, 1, training: true);
        Assert.Equal(16, set.Values!.Count);
        Assert.NotSame(set.Values.Buffer, table.Value.Buffer);
        Assert.Null(table.Value.Gradient);
        Assert.True(table.Value.RowSparse && table.Value.RequiresGradient && table.Value.IsParameter);
        Assert.False(dense.Value.RowSparse);
        Assert.Equal(215, set.TrainedCount);
        Assert.All(ParameterSet.Get(table), value => Assert.Equal(1, value));
        Assert.Contains("rows and features", Assert.Throws<ArgumentException>(() => new ParameterSet().AddTable("vector", new Shape(3), Initialiser.Ones)).Message);
    }

    [Fact]
    public void The_same_seed_gives_the_same_start_and_another_another()
    {
        float[] Start(ulong seed)
        {
            ParameterSet set = new();
            Parameter p = set.Add("p", new Shape(20, 30), Initialiser.He);
            set.Allocate(_device, seed, training: false);
            return ParameterSet.Get(p);
        }

        Assert.Equal(Start(1), Start(1));
        Assert.NotEqual(Start(1), Start(2));
        Assert.All(Start(1), value => Assert.InRange(value, -MathF.Sqrt(6f / 30), MathF.Sqrt(6f / 30)));
        Assert.InRange(Start(1).Average(), -0.03, 0.03);
    }

    [Fact]
    public void Setting_a_parameter_makes_forms_derived_from_it_stale()
    {
        ParameterSet set = new();
        Parameter p = set.Add("p", new Shape(4), Initialiser.Zeros);
        set.Allocate(_device, 1, training: false);
        int version = p.Value.Buffer.Version;
        ParameterSet.Set(p, [1, 2, 3, 4]);
        Assert.NotEqual(version, p.Value.Buffer.Version);
    }

    [Fact]
    public void Two_parameters_of_one_name_are_refused_and_so_is_one_that_comes_late()
    {
        ParameterSet set = new();
        set.Add("p", new Shape(4), Initialiser.Zeros);
        Assert.Contains("p", Assert.Throws<ArgumentException>(() => set.Add("p", new Shape(4), Initialiser.Zeros)).Message, StringComparison.Ordinal);
        set.Allocate(_device, 1, training: false);
        Assert.Throws<ArgumentException>(() => set.Add("q", new Shape(4), Initialiser.Zeros));
    }
}
