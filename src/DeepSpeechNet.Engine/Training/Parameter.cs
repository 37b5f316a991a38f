using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Training;

/// <summary>A named tensor of a model: trained, or (running statistics) carried along.</summary>
public sealed class Parameter
{
    private Tensor? _value;

    internal Parameter(string name, Shape shape, Initialiser initialiser, bool trained, bool rowSparse = false)
    {
        Name = name;
        Shape = shape;
        Initialiser = initialiser;
        Trained = trained;
        RowSparse = rowSparse;
    }

    /// <summary>The dotted name in model files: <c>acoustic.dense1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The shape; weights are <c>[out, in]</c>.</summary>
    public Shape Shape { get; }

    /// <summary>How it starts.</summary>
    public Initialiser Initialiser { get; }

    /// <summary>Whether an optimiser changes it.</summary>
    public bool Trained { get; }

    /// <summary>Whether it is a table trained by rows: kept apart from the flat buffer, its gradient <see cref="RowGradient"/> in place of a dense one.</summary>
    public bool RowSparse { get; }

    /// <summary>The gradient of a table trained by rows after a backward pass; none where the pass did not reach it. Valid until the tape is reset.</summary>
    public RowGradient? RowGradient { get; internal set; }

    /// <summary>The numbers; its <see cref="Tensor.Gradient"/> is a part of <see cref="ParameterSet.Gradients"/>.</summary>
    /// <exception cref="InvalidOperationException">The parameter set has not been allocated on a device yet.</exception>
    public Tensor Value
    {
        get => _value ?? throw new InvalidOperationException($"Parameter {Name} lies on no device yet: call {nameof(ParameterSet)}.{nameof(ParameterSet.Allocate)} first.");
        internal set => _value = value;
    }
}
