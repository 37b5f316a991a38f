using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

/// <summary>Checks that what a recurrence is given fits together, before kernels read it by pointers.</summary>
internal static class RecurrentShapes
{
    /// <summary>Checks all directions of a call.</summary>
    /// <exception cref="ArgumentException">A tensor is missing or its shape or type does not fit.</exception>
    public static void Check(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions, bool training, bool backward)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (directions.Length == 0)
            throw new ArgumentException("A recurrence needs at least one direction.", nameof(directions));
        Shape hidden = directions[0].Hidden.Shape;
        if (hidden.Rank != 3 || hidden.Count == 0)
            throw new ArgumentException($"{nameof(RecurrentDirection.Hidden)} must be [time, batch, units], none of them 0, not {hidden}.", nameof(directions));
        Need(nameof(lengths), lengths, new Shape(hidden[1]), ElementType.Int32);
        foreach (RecurrentDirection direction in directions)
            Check(cell, hidden, direction, training, backward);
    }

    private static void Check(CellKind cell, Shape hidden, RecurrentDirection d, bool training, bool backward)
    {
        int units = hidden[2], gates = cell.Gates() * units;
        Shape state = new(hidden[1], units);
        Shape? bias = cell == CellKind.GruResetAfter ? new Shape(gates) : null;
        Shape? peephole = cell switch
        {
            CellKind.LstmPeephole => new Shape(3, units),
            CellKind.LstmFullPeephole => new Shape(3 * units, units),
            _ => null,
        };

        Need(nameof(d.Hidden), d.Hidden, hidden);
        Need(nameof(d.Gates), d.Gates, hidden.WithColumns(gates));
        Need(nameof(d.Weight), d.Weight, new Shape(gates, units));
        NeedExactly(nameof(d.Bias), d.Bias, bias, cell);
        NeedExactly(nameof(d.Peephole), d.Peephole, peephole, cell);
        NeedExactly(nameof(d.Cell), d.Cell, cell.HasCellState() ? hidden : null, cell);
        Allow(nameof(d.InitialHidden), d.InitialHidden, state);
        Allow(nameof(d.InitialCell), d.InitialCell, state);
        if (training && cell is (CellKind.GruResetBefore or CellKind.GruResetAfter))
            Need(nameof(d.Kept), d.Kept, hidden);
        Allow(nameof(d.Kept), d.Kept, hidden);
        if (!backward)
            return;

        Need(nameof(d.HiddenGradient), d.HiddenGradient, hidden);
        Allow(nameof(d.FinalCellGradient), d.FinalCellGradient, state);
        Allow(nameof(d.WeightGradient), d.WeightGradient, d.Weight.Shape);
        Allow(nameof(d.BiasGradient), d.BiasGradient, bias);
        Allow(nameof(d.PeepholeGradient), d.PeepholeGradient, peephole);
        Allow(nameof(d.InitialHiddenGradient), d.InitialHiddenGradient, state);
        Allow(nameof(d.InitialCellGradient), d.InitialCellGradient, cell.HasCellState() ? state : null);
    }

    private static void NeedExactly(string name, Tensor? tensor, Shape? shape, CellKind cell)
    {
        if (shape is { } needed)
            Need(name, tensor, needed);
        else if (tensor is not null)
            throw new ArgumentException($"{name} was given, but a {cell} cell has none.");
    }

    private static void Allow(string name, Tensor? tensor, Shape? shape)
    {
        if (tensor is null)
            return;
        if (shape is not { } needed)
            throw new ArgumentException($"{name} was given, but this cell has none.");
        Need(name, tensor, needed);
    }

    private static void Need(string name, Tensor? tensor, Shape shape, ElementType type = ElementType.Float32)
    {
        if (tensor is null)
            throw new ArgumentException($"{name} is missing; it must be {type}{shape}.");
        if (tensor.Shape != shape || tensor.Type != type)
            throw new ArgumentException($"{name} is {tensor}; it must be {type}{shape}.");
    }
}
