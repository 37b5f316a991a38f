using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Tests.Training;

public sealed class WeightAverageTests : IDisposable
{
    private readonly Device _device = CpuDevices.One();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void It_follows_the_values_with_a_decay_that_rises_to_its_own()
    {
        (ParameterSet parameters, Parameter weight) = Make();
        WeightAverage average = new(_device, parameters, 0.5f);
        double expected = ParameterSet.Get(weight)[0];
        for (int n = 0; n < 20; n++)
        {
            ParameterSet.Set(weight, [n, 0, 0]);
            average.Update();
            double decay = Math.Min(0.5, (1.0 + n) / (10.0 + n));
            expected = (decay * expected) + ((1 - decay) * n);
        }

        Assert.Equal(expected, average.Export()[0], 1e-4);
        Assert.Equal(20, average.UpdateCount);
    }

    [Fact]
    public void Swapped_in_it_is_what_layers_see_and_swapped_back_nothing_has_changed()
    {
        (ParameterSet parameters, Parameter weight) = Make();
        float[] start = ParameterSet.Get(weight);
        WeightAverage average = new(_device, parameters, 0.9f);
        ParameterSet.Set(weight, [7, 8, 9]);
        long version = weight.Value.Buffer.Version;

        average.Swap();
        Assert.Equal(start, ParameterSet.Get(weight));
        Assert.NotEqual(version, weight.Value.Buffer.Version);
        average.Swap();
        Assert.Equal([7f, 8f, 9f], ParameterSet.Get(weight));
        Assert.Equal(start, average.Export().AsSpan(0, 3).ToArray());
    }

    [Fact]
    public void Its_state_goes_over_to_another_run()
    {
        (ParameterSet parameters, Parameter weight) = Make();
        WeightAverage average = new(_device, parameters, 0.9f);
        ParameterSet.Set(weight, [1, 2, 3]);
        average.Update();
        (ParameterSet others, Parameter other) = Make();
        WeightAverage resumed = new(_device, others, 0.9f);
        resumed.Import(average.UpdateCount, average.Export());
        ParameterSet.Set(weight, [4, 5, 6]);
        ParameterSet.Set(other, [4, 5, 6]);
        average.Update();
        resumed.Update();

        Assert.Equal(average.Export(), resumed.Export());
        Assert.Contains("another model", Assert.Throws<ArgumentException>(() => resumed.Import(1, new float[3])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1f)]
    [InlineData(float.NaN)]
    public void A_decay_that_would_never_forget_or_grow_is_refused(float decay) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAverage(_device, Make().Parameters, decay));

    private (ParameterSet Parameters, Parameter Weight) Make()
    {
        ParameterSet parameters = new();
        Parameter weight = parameters.Add("weight", new Shape(3), Initialiser.Uniform(1));
        parameters.Allocate(_device, 5, training: true);
        return (parameters, weight);
    }
}
