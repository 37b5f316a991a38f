using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Training;

/// <summary>
/// An exponential moving average of all trained parameters (Polyak and Juditsky 1992; with the decay of Tarvainen and Valpola 2017), kept on the device:
/// <c>average = d average + (1 - d) values</c> with d = min(decay, (1 + n) / (10 + n)) after n updates, so that the start is soon forgotten. The averaged
/// network errs less than the last one while the learning rate is still high. For one thread.
/// </summary>
public sealed class WeightAverage
{
    private readonly Device _device;
    private readonly ParameterSet _parameters;
    private readonly float _decay;
    private readonly Tensor _average;

    /// <summary>Begins with the parameters as they are.</summary>
    /// <param name="device">The device that holds the parameters.</param>
    /// <param name="parameters">The model's parameters, on the device.</param>
    /// <param name="decay">How much of the average stays at each update, from 0 to below 1.</param>
    /// <exception cref="ArgumentException">The decay is out of its range, or the parameters lie on no device yet.</exception>
    public WeightAverage(Device device, ParameterSet parameters, float decay)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(decay >= 0 && decay < 1))
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay of the weight average must be at least 0 and below 1.");
        if (parameters.Values is null)
            throw new ArgumentException("The parameters lie on no device: allocate them first.", nameof(parameters));
        _device = device;
        _parameters = parameters;
        _decay = decay;
        _average = device.Allocate(ElementType.Float32, parameters.Values.Shape);
        Copy(parameters.Values, _average);
    }

    /// <summary>How many steps went into the average.</summary>
    public int UpdateCount { get; private set; }

    /// <summary>Takes in the parameters after a step. Waits for nothing.</summary>
    public void Update()
    {
        float decay = Math.Min(_decay, (1f + UpdateCount) / (10f + UpdateCount));
        _device.Scale(_average, decay, _average);
        _device.Scale(_parameters.Values!, 1 - decay, _average, accumulate: true);
        UpdateCount++;
    }

    /// <summary>Exchanges parameters and average: once to use the average, once more to go on training.</summary>
    public void Swap()
    {
        Tensor spare = _device.Allocate(ElementType.Float32, _average.Shape);
        Copy(_average, spare);
        Copy(_parameters.Values!, _average);
        Copy(spare, _parameters.Values!);
        _device.Release(spare);
    }

    /// <summary>The average, laid out as <see cref="ParameterSet.Values"/>; with <see cref="UpdateCount"/> the whole state.</summary>
    public float[] Export()
    {
        float[] values = new float[_average.Count];
        _device.Download(_average, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Takes up the state that <see cref="Export"/> gave.</summary>
    /// <exception cref="ArgumentException">The count is negative, or the average has another number of elements.</exception>
    public void Import(int updateCount, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(updateCount);
        if (values.Length != _average.Count)
            throw new ArgumentException($"The average has {values.Length} numbers where the model needs {_average.Count}: it belongs to another model.", nameof(values));
        _device.Upload(MemoryMarshal.AsBytes(values), _average);
        UpdateCount = updateCount;
    }

    private void Copy(Tensor source, Tensor target) =>
        _device.CopyColumns(source, 0, target, 0, source.Shape.Columns, accumulate: false);
}
