using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Training;

/// <summary>A named tensor of a model: trained, or (running statistics) carried along.</summary>
public sealed class Parameter
{
    private Tensor? _value;

    internal Parameter(string name, Shape shape, Initialiser initialiser, bool trained)
    {
        Name = name;
        Shape = shape;
        Initialiser = initialiser;
        Trained = trained;
    }

    /// <summary>The dotted name in model files: <c>acoustic.dense1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The shape; weights are <c>[out, in]</c>.</summary>
    public Shape Shape { get; }

    /// <summary>How it starts.</summary>
    public Initialiser Initialiser { get; }

    /// <summary>Whether an optimiser changes it.</summary>
    public bool Trained { get; }

    /// <summary>The numbers; its <see cref="Tensor.Gradient"/> is a part of <see cref="ParameterSet.Gradients"/>.</summary>
    /// <exception cref="InvalidOperationException">The parameter set has not been allocated on a device yet.</exception>
    public Tensor Value
    {
        get => _value ?? throw new InvalidOperationException($"Parameter {Name} lies on no device yet: call {nameof(ParameterSet)}.{nameof(ParameterSet.Allocate)} first.");
        internal set => _value = value;
    }
}
