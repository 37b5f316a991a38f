using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Testing;

/// <summary>Whole training steps of a <see cref="SmallDeepSpeech"/>: one upload, everything on the device, one download.</summary>
public sealed class TrainingLoop
{
    private readonly SmallDeepSpeech _network;
    private readonly float _maximumNorm;
    private readonly Tape _tape;
    private readonly Tensor _state;
    private readonly HostBatch _host = new();
    private readonly float[] _values = new float[StepState.Length];
    private ulong _steps;

    /// <summary>A loop from the network's start.</summary>
    public TrainingLoop(SmallDeepSpeech network, OptimiserOptions options, float maximumNorm)
    {
        _network = network;
        _maximumNorm = maximumNorm;
        Optimiser = Optimiser.Create(network.Device, network.Parameters, options);
        _tape = new Tape(network.Device, recording: true);
        _state = network.Device.Allocate(ElementType.Float32, new Shape(StepState.Length));
    }

    /// <summary>The optimiser.</summary>
    public Optimiser Optimiser { get; }

    /// <summary>Trains on a batch and gives what the device said of the step.</summary>
    public StepState Step(SpeechProblem problem, float learningRate)
    {
        problem.Fill(_host);
        DeviceBatch batch = _host.Upload(_network.Device);
        _tape.Seed = ++_steps;
        Tensor losses = _network.Losses(_tape, batch);
        _tape.Backward();
        _network.Parameters.ZeroUnreachedGradients(_tape);
        _network.Device.Fill(_state, 0);
        _network.Device.SumLosses(losses, _state);
        _network.Parameters.GradientNorm(_maximumNorm, _state);
        Optimiser.Step(learningRate, _state);
        _network.Device.Download(_state, MemoryMarshal.AsBytes(_values.AsSpan()));
        _tape.Reset();
        batch.Release();
        StepState state = new(_values);
        Optimiser.Confirm(state.Skipped);
        return state;
    }
}
