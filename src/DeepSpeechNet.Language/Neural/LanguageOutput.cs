using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// What turns the last layer's outputs into probabilities: a softmax over all symbols (trained against all of them, or against samples), or a tree of
/// softmaxes. Parameters <c>NAME.weight</c> and <c>NAME.bias</c>, and <c>NAME.projection.weight</c> [E, H] where the weight is an embedding table of another width
/// than the layer: its outputs are mapped to the width of the embeddings first.
/// </summary>
internal sealed class LanguageOutput
{
    private readonly ParameterSet _parameters;
    private readonly string _name;
    private readonly SampledOutput? _sampled;
    private readonly HierarchicalOutput? _tree;
    private readonly WordSampler? _sampler;
    private readonly Parameter? _tied;
    private readonly Parameter? _projection;
    private Parameter? _weight;
    private Parameter? _bias;

    /// <summary>Adds the layer's parameters to a set.</summary>
    /// <param name="parameters">Where to.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="options">The network's shape.</param>
    /// <param name="tokens">V.</param>
    /// <param name="counts">How often each symbol occurs; needed for a tree.</param>
    /// <param name="embeddings">The input table, used as the weight where they are tied.</param>
    public LanguageOutput(ParameterSet parameters, string name, NeuralLanguageModelOptions options, int tokens, long[]? counts, Parameter embeddings)
    {
        _parameters = parameters;
        _name = name;
        if (options.Projected)
            _projection = parameters.Add($"{name}.projection.weight", new Shape(options.Embedding, options.Hidden), Initialiser.Glorot);
        switch (options.Output)
        {
            case OutputLayer.Sampled:
                _tied = options.TiedEmbeddings ? embeddings : null;
                _sampler = counts is null ? WordSampler.LogUniform(tokens) : WordSampler.Unigram(counts);
                _sampled = new SampledOutput(parameters, name, options.OutputFeatures, _sampler, Initialiser.Glorot, _tied);
                Samples = options.Samples;
                break;
            case OutputLayer.Hierarchical:
                if (counts is null || counts.Length != tokens)
                    throw new ArgumentException("A hierarchical softmax needs a count for each symbol, to make its tree.", nameof(counts));
                _tree = new HierarchicalOutput(parameters, name, options.Hidden, SoftmaxTree.Classes(counts), Initialiser.Glorot);
                break;
            default:
                _tied = options.TiedEmbeddings ? embeddings : null;
                _weight = _tied ?? parameters.Add($"{name}.weight", new Shape(tokens, options.Hidden), Initialiser.Glorot);
                _bias = parameters.Add($"{name}.bias", new Shape(tokens), Initialiser.Zeros);
                break;
        }
    }

    /// <summary>How many samples a step of training draws; 0 where it needs none.</summary>
    public int Samples { get; }

    /// <summary>[V, H] of a softmax over all symbols.</summary>
    private Parameter Weight => _weight ??= _tied ?? Find("weight");

    /// <summary>[V] of a softmax over all symbols.</summary>
    private Parameter Bias => _bias ??= Find("bias");

    /// <summary>Draws the samples of a step.</summary>
    public void Draw(ulong seed, Span<int> samples) => _sampler!.Draw(seed, samples);

    /// <summary>The loss of each row; the start of the backward pass where the tape records. Without samples it is exact.</summary>
    public Tensor Losses(Tape tape, Tensor hidden, Tensor targets, Tensor? samples, float gradientScale)
    {
        if (_projection is not null)
            hidden = Linear.Apply(tape, hidden, _projection.Value, bias: null);
        if (_tree is not null)
            return _tree.Losses(tape, hidden, targets, gradientScale);
        if (_sampled is not null)
            return samples is null ? _sampled.ExactLosses(tape, hidden, targets) : _sampled.Losses(tape, hidden, targets, samples, gradientScale);
        return SoftmaxCrossEntropy.Apply(tape, Linear.Apply(tape, hidden, Weight.Value, Bias.Value), targets, gradientScale);
    }

    /// <summary>Log probabilities of all symbols after each state.</summary>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="hidden">[n, H].</param>
    /// <param name="projected">[n, E], to work in; needed where embeddings of another width are the weight.</param>
    /// <param name="logits">[n, V], to work in.</param>
    /// <param name="logProbabilities">[n, V].</param>
    public void LogProbabilities(Device device, Tensor hidden, Tensor? projected, Tensor logits, Span<float> logProbabilities)
    {
        if (_tree is not null)
        {
            Tape tape = new(device, recording: false);
            device.Download(_tree.LogProbabilities(tape, hidden), MemoryMarshal.AsBytes(logProbabilities));
            tape.Reset();
            return;
        }

        if (_projection is not null)
        {
            device.MatMul(hidden, false, _projection.Value, true, projected!);
            hidden = projected!;
        }

        device.MatMul(hidden, false, Weight.Value, true, logits, bias: Bias.Value);
        device.LogSoftmax(logits, logits);
        device.Download(logits, MemoryMarshal.AsBytes(logProbabilities));
    }

    /// <summary>Log probabilities of one symbol after each state, at the cost of its path, where there is a tree.</summary>
    /// <returns>Whether there is a tree.</returns>
    public bool TryPathProbabilities(Device device, Tensor hidden, ReadOnlySpan<int> symbols, Span<float> logProbabilities)
    {
        if (_tree is null)
            return false;
        Tape tape = new(device, recording: false);
        Tensor targets = tape.Allocate(new Shape(symbols.Length), ElementType.Int32);
        device.Upload(MemoryMarshal.AsBytes(symbols), targets);
        Tensor losses = _tree.Losses(tape, hidden, targets);
        device.Download(losses, MemoryMarshal.AsBytes(logProbabilities));
        foreach (ref float value in logProbabilities)
            value = -value;
        tape.Reset();
        return true;
    }

    private Parameter Find(string part)
    {
        foreach (Parameter parameter in _parameters.Parameters)
        {
            if (parameter.Name == $"{_name}.{part}")
                return parameter;
        }

        throw new InvalidOperationException($"There is no parameter {_name}.{part}.");
    }
}
