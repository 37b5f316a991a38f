using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Benchmarks;

/// <summary>The sizes of a word language model.</summary>
internal sealed record WordLmSetup
{
    public int Hidden { get; init; } = 650;

    public int Layers { get; init; } = 2;

    public int Vocabulary { get; init; } = 10000;

    public int Batch { get; init; } = 20;

    public int Window { get; init; } = 35;

    /// <summary>full, sampled, classes or huffman.</summary>
    public string Output { get; init; } = "full";

    /// <summary>Samples of a sampled softmax.</summary>
    public int Samples { get; init; } = 1000;

    /// <summary>Multiply-adds of a training step with a full softmax: three products of each weight and word.</summary>
    public double MultiplyAdds => 3.0 * Window * Batch * ((8.0 * Layers * Hidden * Hidden) + ((double)Vocabulary * Hidden));

    public override string ToString() => $"LSTM {Layers} x {Hidden}, {Vocabulary} words, batch {Batch} x {Window}, {Output}";
}

/// <summary>A word language model that trains on random words, as common as Zipf's law says, one window a step.</summary>
internal sealed class WordLm : IDisposable
{
    private readonly Device _device;
    private readonly WordLmSetup _setup;
    private readonly ParameterSet _parameters = new();
    private readonly EmbeddingTable _embedding;
    private readonly Recurrent[] _layers;
    private readonly RecurrentCarry[] _carries;
    private readonly Dense? _full;
    private readonly SampledOutput? _sampled;
    private readonly HierarchicalOutput? _tree;
    private readonly WordSampler _zipf;
    private readonly Optimiser _optimiser;
    private readonly Tape _tape;
    private readonly HostBatch _host = new();
    private readonly Tensor _state;
    private readonly float[] _values = new float[StepState.Length];
    private ulong _steps;

    public WordLm(Device device, WordLmSetup setup)
    {
        _device = device;
        _setup = setup;
        int hidden = setup.Hidden;
        _zipf = WordSampler.LogUniform(setup.Vocabulary);
        _embedding = new EmbeddingTable(_parameters, "embedding", setup.Vocabulary, hidden, byRows: true);
        RecurrentOptions layer = new() { Inputs = hidden, Hidden = hidden, Cell = CellKind.Lstm, Direction = DirectionMode.Forward };
        _layers = new Recurrent[setup.Layers];
        for (int i = 0; i < _layers.Length; i++)
            _layers[i] = new Recurrent(_parameters, $"layer{i + 1}", layer);
        long[] counts = [.. _zipf.LogProbabilities.ToArray().Select(p => (long)(1e9 * Math.Exp(p)))];
        switch (setup.Output)
        {
            case "full":
                _full = new Dense(_parameters, "output", hidden, setup.Vocabulary, Activation.None);
                break;
            case "sampled":
                _sampled = new SampledOutput(_parameters, "output", hidden, _zipf);
                break;
            case "classes" or "huffman":
                _tree = new HierarchicalOutput(_parameters, "output", hidden, setup.Output == "classes" ? SoftmaxTree.Classes(counts) : SoftmaxTree.Huffman(counts));
                break;
            default:
                throw new ArgumentException($"There is no output {setup.Output}; take full, sampled, classes or huffman.");
        }

        _parameters.Allocate(device, 5, training: true);
        _carries = Array.ConvertAll(_layers, _ => new RecurrentCarry(device, CellKind.Lstm, setup.Batch, hidden));
        _optimiser = Optimiser.Create(device, _parameters, new SgdOptions());
        _tape = new Tape(device, recording: true);
        _state = device.Allocate(ElementType.Float32, new Shape(StepState.Length));
    }

    public void Step()
    {
        Shape window = new(_setup.Window, _setup.Batch);
        _steps++;
        _host.Clear();
        _zipf.Draw(CounterRandom.Fork(_steps, 0), _host.Integers(_host.Reserve(ElementType.Int32, window)));
        _zipf.Draw(CounterRandom.Fork(_steps, 1), _host.Integers(_host.Reserve(ElementType.Int32, window)));
        _host.Integers(_host.Reserve(ElementType.Int32, new Shape(_setup.Batch))).Fill(_setup.Window);
        _zipf.Draw(CounterRandom.Fork(_steps, 2), _host.Integers(_host.Reserve(ElementType.Int32, new Shape(_setup.Samples))));
        DeviceBatch data = _host.Upload(_device);
        Tensor x = _embedding.Apply(_tape, data.Tensors[0]);
        for (int i = 0; i < _layers.Length; i++)
        {
            RecurrentResult result = _layers[i].Run(_tape, x, data.Tensors[2], _carries[i].Current);
            _carries[i].Keep(result);
            x = result.Outputs[0];
        }

        float scale = 1f / (_setup.Batch * _setup.Window);
        Tensor targets = data.Tensors[1];
        Tensor losses = _full is not null ? SoftmaxCrossEntropy.Apply(_tape, _full.Apply(_tape, x), targets, scale)
            : _sampled is not null ? _sampled.Losses(_tape, x, targets, data.Tensors[3], scale)
            : _tree!.Losses(_tape, x, targets, scale);
        _tape.Backward();
        _parameters.ZeroUnreachedGradients(_tape);
        _device.Fill(_state, 0);
        _device.SumLosses(losses, _state, data.Tensors[1]);
        _parameters.GradientNorm(5, _state);
        _optimiser.Step(0.1f, _state);
        _device.Download(_state, MemoryMarshal.AsBytes(_values.AsSpan()));
        StepState state = new(_values);
        if (state.Skipped)
            throw new InvalidOperationException("A training step was skipped: the loss is no number.");
        _optimiser.Confirm(false);
        _tape.Reset();
        data.Release();
    }

    public void Dispose()
    {
        foreach (RecurrentCarry carry in _carries)
            carry.Dispose();
    }
}
