using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Layers;

/// <summary>A fully connected layer: y = act(x W^T + b). Parameters <c>NAME.weight</c> [out, in] and <c>NAME.bias</c> [out].</summary>
public sealed class Dense
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly Activation _activation;

    /// <summary>Adds the layer's parameters to a set.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="name">The layer's dotted name.</param>
    /// <param name="inputs">Features in.</param>
    /// <param name="outputs">Features out.</param>
    /// <param name="activation">The elementwise function.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public Dense(ParameterSet parameters, string name, int inputs, int outputs, Activation activation, bool bias = true)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Initialiser start = activation is Activation.Relu or Activation.ClippedRelu ? Initialiser.He : Initialiser.Glorot;
        _weight = parameters.Add($"{name}.weight", new Shape(outputs, inputs), start);
        _bias = bias ? parameters.Add($"{name}.bias", new Shape(outputs), Initialiser.Zeros) : null;
        _activation = activation;
        Outputs = outputs;
    }

    /// <summary>Adds a layer whose weight is a parameter there is already: an output layer tied to an <see cref="EmbeddingTable"/> (Press and Wolf 2017).</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="name">The layer's dotted name; its bias alone is added.</param>
    /// <param name="weight">W, [out, in], of the same set.</param>
    /// <param name="activation">The elementwise function.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public Dense(ParameterSet parameters, string name, Parameter weight, Activation activation, bool bias = true)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(weight);
        _weight = weight;
        Outputs = weight.Shape[0];
        _bias = bias ? parameters.Add($"{name}.bias", new Shape(Outputs), Initialiser.Zeros) : null;
        _activation = activation;
    }

    /// <summary>Features out.</summary>
    public int Outputs { get; }

    /// <summary>[..., in] to [..., out].</summary>
    public Tensor Apply(Tape tape, Tensor x) => Linear.Apply(tape, x, _weight.Value, _bias?.Value, _activation);
}
