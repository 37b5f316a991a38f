using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Layers;

/// <summary>
/// An output layer over many words by a tree of softmaxes (<see cref="HierarchicalSoftmax"/>): exact probabilities at a cost that grows with the paths of the
/// words met, in training and in evaluation. Parameters <c>NAME.weight</c> [words - 1, in] and <c>NAME.bias</c> [words - 1, 1], trained by rows.
/// </summary>
public sealed class HierarchicalOutput
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private DecisionTree? _tree;

    /// <summary>Adds the layer's parameters to a set.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="name">The layer's dotted name.</param>
    /// <param name="inputs">Features in.</param>
    /// <param name="tree">The tree over the words.</param>
    /// <param name="start">How the weight starts; uniform in +-0.1 if none is given.</param>
    public HierarchicalOutput(ParameterSet parameters, string name, int inputs, SoftmaxTree tree, Initialiser? start = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(tree);
        Tree = tree;
        _weight = parameters.AddTable($"{name}.weight", new Shape(tree.Rows, inputs), start ?? Initialiser.Uniform(0.1f));
        _bias = parameters.AddTable($"{name}.bias", new Shape(tree.Rows, 1), Initialiser.Zeros);
    }

    /// <summary>The tree over the words.</summary>
    public SoftmaxTree Tree { get; }

    /// <summary>The negative log probability of each row's target; the start of the backward pass where the tape records.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[..., in].</param>
    /// <param name="targets">int32, one a row; a negative number for padding.</param>
    /// <param name="gradientScale">What the sum of the losses is multiplied by for the gradient.</param>
    public Tensor Losses(Tape tape, Tensor x, Tensor targets, float gradientScale = 1)
    {
        ArgumentNullException.ThrowIfNull(tape);
        return HierarchicalSoftmax.Apply(tape, x, _weight.Value, _bias.Value, TreeOn(tape.Device), targets, gradientScale);
    }

    /// <summary>The log probability of every word, [..., words] from x [..., in]: for inference, at the cost of a full softmax.</summary>
    /// <exception cref="InvalidOperationException">The tape records.</exception>
    public Tensor LogProbabilities(Tape tape, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(tape);
        return HierarchicalSoftmax.LogProbabilities(tape, x, _weight.Value, _bias.Value, TreeOn(tape.Device));
    }

    private DecisionTree TreeOn(Device device)
    {
        if (_tree is null || !ReferenceEquals(_tree.Nodes.Device, device))
            _tree = Tree.Upload(device);
        return _tree;
    }
}
