using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Layers;

/// <summary>How a recurrent layer runs over time.</summary>
public enum DirectionMode
{
    /// <summary>Forwards alone: H features out.</summary>
    Forward,

    /// <summary>Both ways, outputs added up as in Deep Speech: H features out.</summary>
    Sum,

    /// <summary>Both ways, outputs side by side: 2 H features out.</summary>
    Concatenate,
}

/// <summary>The shape of a recurrent layer.</summary>
public sealed record RecurrentOptions
{
    /// <summary>Features in.</summary>
    public required int Inputs { get; init; }

    /// <summary>H, hidden units of a direction.</summary>
    public required int Hidden { get; init; }

    /// <summary>The cell.</summary>
    public CellKind Cell { get; init; } = CellKind.ClippedRelu;

    /// <summary>Directions, and how they are joined.</summary>
    public DirectionMode Direction { get; init; } = DirectionMode.Sum;

    /// <summary>Whether the input's part of the gates is batch-normalised (Amodei et al. 2016, section 3.2).</summary>
    public bool BatchNorm { get; init; }
}

/// <summary>
/// A recurrent layer (<see cref="Recurrence"/>). For each direction (<c>forward</c>, <c>backward</c>) the parameters <c>NAME.DIRECTION.input.weight</c>
/// [G*H, in], <c>.input.bias</c> [G*H] (or <c>.norm.scale</c>, <c>.norm.shift</c>, <c>.norm.running</c>), <c>.weight</c> [G*H, H],
/// <c>.bias</c> [G*H] (GRU with the reset after the product) and <c>.peephole</c>.
/// </summary>
public sealed class Recurrent
{
    private readonly RecurrentOptions _options;
    private readonly List<Weights> _directions = [];

    /// <summary>Adds the layer's parameters to a set.</summary>
    public Recurrent(ParameterSet parameters, string name, RecurrentOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        int gates = options.Cell.Gates() * options.Hidden;
        bool vanilla = options.Cell == CellKind.ClippedRelu;
        Initialiser inward = vanilla ? Initialiser.He : Initialiser.Uniform(MathF.Sqrt(3f / options.Inputs));
        Initialiser across = vanilla ? Initialiser.Identity(0.4f) : Initialiser.Uniform(1 / MathF.Sqrt(options.Hidden));
        foreach (string direction in options.Direction == DirectionMode.Forward ? ["forward"] : (string[])["forward", "backward"])
        {
            string prefix = $"{name}.{direction}";
            _directions.Add(new Weights(
                parameters.Add($"{prefix}.input.weight", new Shape(gates, options.Inputs), inward),
                options.BatchNorm ? null : parameters.Add($"{prefix}.input.bias", new Shape(gates), Initialiser.Zeros),
                options.BatchNorm ? new BatchNorm(parameters, $"{prefix}.norm", gates) : null,
                parameters.Add($"{prefix}.weight", new Shape(gates, options.Hidden), across),
                options.Cell == CellKind.GruResetAfter ? parameters.Add($"{prefix}.bias", new Shape(gates), Initialiser.Zeros) : null,
                options.Cell switch
                {
                    CellKind.LstmPeephole => parameters.Add($"{prefix}.peephole", new Shape(3, options.Hidden), Initialiser.Zeros),
                    CellKind.LstmFullPeephole => parameters.Add($"{prefix}.peephole", new Shape(3 * options.Hidden, options.Hidden), across),
                    _ => null,
                }));
        }
    }

    /// <summary>Features out.</summary>
    public int Outputs => _options.Direction == DirectionMode.Concatenate ? 2 * _options.Hidden : _options.Hidden;

    /// <summary>[T, B, in] to [T, B, <see cref="Outputs"/>]; lengths [B].</summary>
    public Tensor Apply(Tape tape, Tensor x, Tensor lengths)
    {
        RecurrentResult result = Run(tape, x, lengths, null);
        return _options.Direction == DirectionMode.Concatenate ? Columns.Concatenate(tape, result.Outputs[0], result.Outputs[1]) : result.Outputs[0];
    }

    /// <summary>Runs from a given state for each direction, and gives each direction's outputs and final cell states.</summary>
    public RecurrentResult Run(Tape tape, Tensor x, Tensor lengths, IReadOnlyList<RecurrentState>? initial)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Tensor[] projections = new Tensor[_directions.Count];
        RecurrentWeights[] weights = new RecurrentWeights[_directions.Count];
        for (int d = 0; d < projections.Length; d++)
        {
            Weights w = _directions[d];
            weights[d] = new RecurrentWeights(w.Weight.Value, w.Bias?.Value, w.Peephole?.Value);
            projections[d] = Linear.Apply(tape, x, w.InputWeight.Value, w.InputBias?.Value);
            if (w.Norm is not null)
            {
                Tensor raw = projections[d];
                projections[d] = w.Norm.Apply(tape, raw, lengths);
                tape.RecycleIfInference(raw);
            }
        }

        return Recurrence.Run(tape, _options.Cell, projections, lengths, weights, _options.Direction == DirectionMode.Sum, initial);
    }

    private sealed record Weights(Parameter InputWeight, Parameter? InputBias, BatchNorm? Norm, Parameter Weight, Parameter? Bias, Parameter? Peephole);
}
