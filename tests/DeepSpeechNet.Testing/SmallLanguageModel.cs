using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Testing;

/// <summary>What a <see cref="SmallLanguageModel"/> is made of.</summary>
public sealed record SmallLanguageModelOptions
{
    /// <summary>The cell.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>Words.</summary>
    public int Words { get; init; } = 23;

    /// <summary>Features of a word and hidden units.</summary>
    public int Hidden { get; init; } = 20;

    /// <summary>Sequences side by side.</summary>
    public int Batch { get; init; } = 4;

    /// <summary>Frames of a window.</summary>
    public int Window { get; init; } = 7;

    /// <summary>Dropout of the connections that are not recurrent.</summary>
    public float Dropout { get; init; }

    /// <summary>Whether the output matrix is the embedding table.</summary>
    public bool Tied { get; init; }
}

/// <summary>Embedding, two recurrent layers with carried state, softmax: trained window by window with one upload and one download each.</summary>
public sealed class SmallLanguageModel
{
    private readonly SmallLanguageModelOptions _options;
    private readonly EmbeddingTable _embedding;
    private readonly Recurrent[] _layers;
    private readonly RecurrentCarry[] _carries;
    private readonly Dense _output;
    private readonly Tape _tape;
    private readonly HostBatch _host = new();
    private readonly Tensor _state;
    private readonly float[] _values = new float[StepState.Length];
    private ulong _steps;

    /// <summary>A model with random weights.</summary>
    public SmallLanguageModel(Device device, SmallLanguageModelOptions options, OptimiserOptions optimiser)
    {
        Device = device;
        _options = options;
        int hidden = options.Hidden;
        _embedding = new EmbeddingTable(Parameters, "embedding", options.Words, hidden);
        RecurrentOptions layer = new() { Inputs = hidden, Hidden = hidden, Cell = options.Cell, Direction = DirectionMode.Forward };
        _layers = [new Recurrent(Parameters, "layer1", layer), new Recurrent(Parameters, "layer2", layer)];
        _output = options.Tied
            ? new Dense(Parameters, "output", _embedding.Weight, Activation.None)
            : new Dense(Parameters, "output", hidden, options.Words, Activation.None);
        Parameters.Allocate(device, 5, training: true);
        _carries = Array.ConvertAll(_layers, _ => new RecurrentCarry(device, options.Cell, options.Batch, hidden));
        Optimiser = Optimiser.Create(device, Parameters, optimiser);
        _tape = new Tape(device, recording: true);
        _state = device.Allocate(ElementType.Float32, new Shape(StepState.Length));
    }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    /// <summary>The parameters.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>The optimiser.</summary>
    public Optimiser Optimiser { get; }

    /// <summary>Trains on the next window; words [T + 1, B], a negative one is padding.</summary>
    public StepState Step(ReadOnlySpan<int> words, float learningRate)
    {
        int batch = _options.Batch, window = _options.Window;
        _host.Clear();
        words[..(window * batch)].CopyTo(_host.Integers(_host.Reserve(ElementType.Int32, new Shape(window, batch))));
        words[batch..].CopyTo(_host.Integers(_host.Reserve(ElementType.Int32, new Shape(window, batch))));
        _host.Integers(_host.Reserve(ElementType.Int32, new Shape(batch))).Fill(window);
        DeviceBatch data = _host.Upload(Device);
        _tape.Seed = ++_steps;
        Tensor losses = SoftmaxCrossEntropy.Apply(_tape, Logits(_tape, data.Tensors[0], data.Tensors[2]), data.Tensors[1], 1f / batch);
        _tape.Backward();
        Parameters.ZeroUnreachedGradients(_tape);
        Device.Fill(_state, 0);
        Device.SumLosses(losses, _state, data.Tensors[1]);
        Device.GradientNorm(Parameters.Gradients!, 5, _state);
        Optimiser.Step(learningRate, _state);
        Device.Download(_state, MemoryMarshal.AsBytes(_values.AsSpan()));
        _tape.Reset();
        data.Release();
        StepState state = new(_values);
        Optimiser.Confirm(state.Skipped);
        return state;
    }

    /// <summary>The logits [T, B, words] of a window, which starts from the carried states and leaves its own.</summary>
    public Tensor Logits(Tape tape, Tensor words, Tensor lengths)
    {
        Tensor x = Elementwise.Dropout(tape, _embedding.Apply(tape, words), _options.Dropout);
        for (int i = 0; i < _layers.Length; i++)
        {
            RecurrentResult result = _layers[i].Run(tape, x, lengths, _carries[i].Current);
            _carries[i].Keep(result);
            x = Elementwise.Dropout(tape, result.Outputs[0], _options.Dropout);
        }

        return _output.Apply(tape, x);
    }

    /// <summary>Forgets what was read.</summary>
    public void Forget()
    {
        foreach (RecurrentCarry carry in _carries)
            carry.Reset();
    }
}
