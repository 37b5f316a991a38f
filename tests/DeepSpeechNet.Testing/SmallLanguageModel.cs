using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Testing;

/// <summary>How a <see cref="SmallLanguageModel"/> gives probabilities.</summary>
public enum SmallOutput
{
    /// <summary>Full softmax.</summary>
    Full,

    /// <summary>Full softmax whose matrix is the embedding table.</summary>
    Tied,

    /// <summary>Sampled softmax.</summary>
    Sampled,

    /// <summary>Sampled softmax over the embedding table.</summary>
    SampledTied,

    /// <summary>Huffman tree.</summary>
    Huffman,

    /// <summary>Two levels.</summary>
    Classes,
}

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

    /// <summary>The output layer.</summary>
    public SmallOutput Output { get; init; }

    /// <summary>Samples of a sampled softmax.</summary>
    public int Samples { get; init; } = 8;

    /// <summary>Whether the embedding is trained by rows; a tied sampled output's always is.</summary>
    public bool ByRows { get; init; }

    /// <summary>The norm to which gradients are clipped; 0 for none.</summary>
    public float MaximumNorm { get; init; } = 5;
}

/// <summary>Embedding, two recurrent layers with carried state, softmax: trained window by window with one upload and one download each.</summary>
public sealed class SmallLanguageModel
{
    private readonly SmallLanguageModelOptions _options;
    private readonly EmbeddingTable _embedding;
    private readonly Recurrent[] _layers;
    private readonly RecurrentCarry[] _carries;
    private readonly Dense? _output;
    private readonly SampledOutput? _sampled;
    private readonly HierarchicalOutput? _tree;
    private readonly WordSampler _sampler;
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
        _embedding = new EmbeddingTable(Parameters, "embedding", options.Words, hidden, byRows: options.ByRows || options.Output == SmallOutput.SampledTied);
        RecurrentOptions layer = new() { Inputs = hidden, Hidden = hidden, Cell = options.Cell, Direction = DirectionMode.Forward };
        _layers = [new Recurrent(Parameters, "layer1", layer), new Recurrent(Parameters, "layer2", layer)];
        long[] counts = [.. Enumerable.Range(1, options.Words).Select(rank => 10_000L / rank)];
        _sampler = WordSampler.Unigram(counts);
        switch (options.Output)
        {
            case SmallOutput.Full:
                _output = new Dense(Parameters, "output", hidden, options.Words, Activation.None);
                break;
            case SmallOutput.Tied:
                _output = new Dense(Parameters, "output", _embedding.Weight, Activation.None);
                break;
            case SmallOutput.Sampled or SmallOutput.SampledTied:
                _sampled = new SampledOutput(Parameters, "output", hidden, _sampler, tied: options.Output == SmallOutput.SampledTied ? _embedding.Weight : null);
                break;
            default:
                _tree = new HierarchicalOutput(Parameters, "output", hidden, options.Output == SmallOutput.Huffman ? SoftmaxTree.Huffman(counts) : SoftmaxTree.Classes(counts));
                break;
        }

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
        _sampler.Draw(++_steps, _host.Integers(_host.Reserve(ElementType.Int32, new Shape(_options.Samples))));
        DeviceBatch data = _host.Upload(Device);
        _tape.Seed = _steps;
        Tensor losses = Losses(_tape, Hidden(_tape, data.Tensors[0], data.Tensors[2]), data.Tensors[1], data.Tensors[3], 1f / batch);
        _tape.Backward();
        Parameters.ZeroUnreachedGradients(_tape);
        Device.Fill(_state, 0);
        Device.SumLosses(losses, _state, data.Tensors[1]);
        Parameters.GradientNorm(_options.MaximumNorm, _state);
        Optimiser.Step(learningRate, _state);
        Device.Download(_state, MemoryMarshal.AsBytes(_values.AsSpan()));
        _tape.Reset();
        data.Release();
        StepState state = new(_values);
        Optimiser.Confirm(state.Skipped);
        return state;
    }

    /// <summary>The mean exact loss of a window [T + 1, B], from states of zero.</summary>
    public double Evaluate(int[] words)
    {
        Forget();
        int batch = _options.Batch, window = (words.Length / batch) - 1;
        Tape tape = new(Device, recording: false);
        int[] lengths = new int[batch];
        lengths.AsSpan().Fill(window);
        Tensor hidden = Hidden(tape, Device.Integers(words.AsSpan(0, window * batch)).View(new Shape(window, batch)), Device.Integers(lengths));
        Tensor targets = Device.Integers(words.AsSpan(batch));
        Tensor losses = _sampled is not null ? _sampled.ExactLosses(tape, hidden, targets) : Losses(tape, hidden, targets, targets, 1);
        float[] values = losses.ToArray();
        tape.Reset();
        Forget();
        return values.Average();
    }

    /// <summary>The logits [T, B, words] of a window; the output must be a full softmax.</summary>
    public Tensor Logits(Tape tape, Tensor words, Tensor lengths) => _output!.Apply(tape, Hidden(tape, words, lengths));

    private Tensor Losses(Tape tape, Tensor hidden, Tensor targets, Tensor samples, float scale) =>
        _output is not null ? SoftmaxCrossEntropy.Apply(tape, _output.Apply(tape, hidden), targets, scale)
        : _sampled is not null ? _sampled.Losses(tape, hidden, targets, samples, scale)
        : _tree!.Losses(tape, hidden, targets, scale);

    /// <summary>The last layer's output [T, B, H] of a window, which starts from the carried states and leaves its own.</summary>
    private Tensor Hidden(Tape tape, Tensor words, Tensor lengths)
    {
        Tensor x = Elementwise.Dropout(tape, _embedding.Apply(tape, words), _options.Dropout);
        for (int i = 0; i < _layers.Length; i++)
        {
            RecurrentResult result = _layers[i].Run(tape, x, lengths, _carries[i].Current);
            _carries[i].Keep(result);
            x = Elementwise.Dropout(tape, result.Outputs[0], _options.Dropout);
        }

        return x;
    }

    /// <summary>Forgets what was read.</summary>
    public void Forget()
    {
        foreach (RecurrentCarry carry in _carries)
            carry.Reset();
    }
}
