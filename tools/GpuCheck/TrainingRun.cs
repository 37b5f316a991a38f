using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.GpuCheck;

/// <summary>Training steps of a Deep Speech network on made-up recordings: upload, forward, CTC, backward, norm, Adam, one small download.</summary>
internal sealed class TrainingRun : IDisposable
{
    /// <summary>29 classes, blank last.</summary>
    public const int Classes = 29;

    private readonly Device _device;
    private readonly Optimiser _optimiser;
    private readonly Tensor _state;
    private readonly Tape _tape;
    private readonly HostBatch[] _batches;
    private readonly float[] _scalars = new float[StepState.Length];
    private readonly int _batch;
    private readonly float _rate;
    private int _step;

    /// <summary>A run with weights and data of its own, the same on every device.</summary>
    /// <param name="device">Where it runs; stays the caller's.</param>
    /// <param name="shape">The network.</param>
    /// <param name="batch">Recordings in a batch.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="features">Numbers of a frame.</param>
    /// <param name="letters">Letters of each text.</param>
    /// <param name="batches">Different batches, which are taken in turn.</param>
    /// <param name="rate">The learning rate.</param>
    public TrainingRun(Device device, AcousticModelOptions shape, int batch, int frames, int features, int letters, int batches, float rate)
    {
        _device = device;
        _batch = batch;
        _rate = rate;
        Model = new AcousticModel(device, shape, features, Classes, 1, training: true);
        _optimiser = Optimiser.Create(device, Model.Parameters, new AdamOptions());
        _state = device.Allocate(ElementType.Float32, new Shape(StepState.Length));
        _tape = new Tape(device, recording: true);
        _batches = [.. Enumerable.Range(1, batches).Select(seed => Made(new Random(seed), frames, features, letters))];
    }

    /// <summary>The network.</summary>
    public AcousticModel Model { get; }

    /// <summary>Takes a step.</summary>
    /// <returns>The mean loss of a recording and the norm of the gradient, before the step.</returns>
    public (float Loss, float Norm) Step()
    {
        DeviceBatch data = _batches[_step++ % _batches.Length].Upload(_device);
        Tensor logits = Model.Logits(_tape, data.Tensors[0], data.Tensors[1]);
        Tensor losses = CtcLoss.Apply(_tape, logits, data.Tensors[1], data.Tensors[2], data.Tensors[3], Classes - 1, 1f / _batch);
        _tape.Backward();
        _device.Fill(_state, 0);
        _device.SumLosses(losses, _state);
        Model.Parameters.GradientNorm(0, _state);
        _optimiser.Step(_rate, _state);
        _device.Download(_state, MemoryMarshal.AsBytes(_scalars.AsSpan()));
        _optimiser.Confirm(false);
        _tape.Reset();
        data.Release();
        return (_scalars[StepState.LossSum] / _batch, _scalars[StepState.GradientNorm]);
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Release(_state);

    private HostBatch Made(Random random, int frames, int features, int letters)
    {
        HostBatch host = new();
        foreach (ref float value in host.Floats(host.Reserve(ElementType.Float32, new Shape(frames, _batch, features))))
            value = (float)((random.NextDouble() * 2) - 1);
        host.Integers(host.Reserve(ElementType.Int32, new Shape(_batch))).Fill(Model.OutputFrames(frames));
        foreach (ref int label in host.Integers(host.Reserve(ElementType.Int32, new Shape(_batch * letters))))
            label = random.Next(Classes - 1);
        Span<int> offsets = host.Integers(host.Reserve(ElementType.Int32, new Shape(_batch + 1)));
        for (int b = 0; b <= _batch; b++)
            offsets[b] = b * letters;
        return host;
    }
}
