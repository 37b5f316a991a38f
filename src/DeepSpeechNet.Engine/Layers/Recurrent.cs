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

    /// <summary>
    /// Runs a piece of a longer sequence, for inference: forwards from the state that an earlier piece carried, backwards from nothing at the piece's end. The
    /// first frames of the piece are done with; the state behind them is what the next piece starts from.
    /// </summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="x">[T, B, in].</param>
    /// <param name="lengths">[B], int32: real frames of the piece, the carried ones included.</param>
    /// <param name="initial">The forward state before the piece.</param>
    /// <param name="carried">How many frames of the piece the next one does not see again, the same for all sequences; 0 for none.</param>
    /// <param name="next">The forward state behind them, memory of the tape; null where none are carried.</param>
    /// <returns>[T, B, <see cref="Outputs"/>].</returns>
    /// <exception cref="InvalidOperationException">The tape records.</exception>
    public Tensor RunChunk(Tape tape, Tensor x, Tensor lengths, RecurrentState initial, int carried, out RecurrentState? next)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(initial);
        ArgumentOutOfRangeException.ThrowIfNegative(carried);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(carried, x.Shape[0]);
        if (tape.Recording)
            throw new InvalidOperationException("A piece of a sequence is for inference alone: its gradients would end at its edges.");
        RecurrentDirection[] directions = new RecurrentDirection[_directions.Count];
        Shape shape = new(x.Shape[0], x.Shape[1], _options.Hidden);
        for (int d = 0; d < directions.Length; d++)
        {
            Weights w = _directions[d];
            Tensor gates = Linear.Apply(tape, x, w.InputWeight.Value, w.InputBias?.Value);
            directions[d] = new RecurrentDirection
            {
                Reverse = d == 1,
                Gates = w.Norm?.Apply(tape, gates, lengths) ?? gates,
                Weight = w.Weight.Value,
                Bias = w.Bias?.Value,
                Peephole = w.Peephole?.Value,
                InitialHidden = d == 0 ? initial.Hidden : null,
                InitialCell = d == 0 ? initial.Cell : null,
                Hidden = tape.Allocate(shape),
                Cell = _options.Cell.HasCellState() ? tape.Allocate(shape) : null,
            };
        }

        tape.Device.RecurrentForward(_options.Cell, lengths, directions, training: false);
        next = null;
        if (carried > 0)
        {
            Shape state = new(shape[1], shape[2]);
            long last = (carried - 1) * state.Count;
            next = new RecurrentState(directions[0].Hidden.View(state, last), directions[0].Cell?.View(state, last));
        }

        if (directions.Length == 1)
            return directions[0].Hidden;
        if (_options.Direction == DirectionMode.Concatenate)
            return Columns.Concatenate(tape, directions[0].Hidden, directions[1].Hidden);
        Tensor sum = tape.Allocate(shape);
        tape.Device.Add(directions[0].Hidden, directions[1].Hidden, sum);
        return sum;
    }

    private sealed record Weights(Parameter InputWeight, Parameter? InputBias, BatchNorm? Norm, Parameter Weight, Parameter? Bias, Parameter? Peephole);
}
