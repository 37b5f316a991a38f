using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Layers;

/// <summary>
/// Sequence-wise batch normalisation (<see cref="BatchNormalisation"/>). Parameters <c>NAME.scale</c> [F] and <c>NAME.shift</c> [F], state
/// <c>NAME.running</c> [2, F].
/// </summary>
public sealed class BatchNorm
{
    private readonly Parameter _scale;
    private readonly Parameter _shift;
    private readonly Parameter _running;
    private readonly float _momentum;

    /// <summary>Adds the layer's parameters to a set.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="name">The layer's dotted name.</param>
    /// <param name="features">F.</param>
    /// <param name="momentum">By how much the running statistics follow each batch.</param>
    public BatchNorm(ParameterSet parameters, string name, int features, float momentum = 0.05f)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _scale = parameters.Add($"{name}.scale", new Shape(features), Initialiser.Ones);
        _shift = parameters.Add($"{name}.shift", new Shape(features), Initialiser.Zeros);
        _running = parameters.AddState($"{name}.running", new Shape(2, features), Initialiser.Statistics);
        _momentum = momentum;
    }

    /// <summary>[T, B, F] to [T, B, F]; lengths [B].</summary>
    public Tensor Apply(Tape tape, Tensor x, Tensor lengths) =>
        BatchNormalisation.Apply(tape, x, lengths, _scale.Value, _shift.Value, _running.Value, _momentum);
}
