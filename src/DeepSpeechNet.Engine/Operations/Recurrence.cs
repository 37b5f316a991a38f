using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>The recurrent parameters of one direction.</summary>
/// <param name="Weight">U, [G*H, H].</param>
/// <param name="Bias">u, [G*H], for <see cref="CellKind.GruResetAfter"/>.</param>
/// <param name="Peephole">[3, H] or [3*H, H], for the peephole cells.</param>
public sealed record RecurrentWeights(Tensor Weight, Tensor? Bias = null, Tensor? Peephole = null);

/// <summary>The state that a direction starts from or ends in.</summary>
/// <param name="Hidden">h, [B, H].</param>
/// <param name="Cell">c, [B, H], for the LSTM cells.</param>
public sealed record RecurrentState(Tensor Hidden, Tensor? Cell = null);

/// <summary>What a recurrent layer gives.</summary>
/// <param name="Outputs">For each direction h, [T, B, H]; one, the sum, where directions are summed.</param>
/// <param name="FinalCells">
/// For each direction the final c, [B, H]; empty for cells without one and where directions are summed. The final h is the last (forwards) or first
/// (backwards) frame of the output.
/// </param>
public sealed record RecurrentResult(IReadOnlyList<Tensor> Outputs, IReadOnlyList<Tensor> FinalCells);

/// <summary>
/// A recurrent layer over whole sequences, as one operation on the tape. The cells' equations are those of <see cref="CellKind"/>; the input's part of the
/// gates, W x_t + b, is one matrix product over all time steps before the recurrence, and so are the gradients of W and U after it.
/// Backward (back-propagation through time): the device gives da, the gradient of the gates before their functions; dx = da W, dW = da^T x, db = the sum of da.
/// </summary>
public static class Recurrence
{
    /// <summary>Runs the layer, the first direction forwards, the second (where there is one) backwards in time.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="projections">For each direction the input's part of the gates, [T, B, G*H]; consumed: the layer writes over it.</param>
    /// <param name="lengths">[B], int32: real frames.</param>
    /// <param name="weights">For each direction its recurrent parameters.</param>
    /// <param name="sum">Whether the outputs of the two directions are added up (Hannun et al. 2014, equation 4) rather than given one by one.</param>
    /// <param name="initial">For each direction the state it starts from; none means zeros.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static RecurrentResult Run(
        Tape tape,
        CellKind cell,
        IReadOnlyList<Tensor> projections,
        Tensor lengths,
        IReadOnlyList<RecurrentWeights> weights,
        bool sum = false,
        IReadOnlyList<RecurrentState>? initial = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(projections);
        ArgumentNullException.ThrowIfNull(weights);
        int count = projections.Count;
        Shape gates = projections[0].Shape;
        Shape shape = gates.WithColumns(gates.Columns / cell.Gates());
        Tensor[] outputs = new Tensor[count];
        RecurrentDirection[] forward = new RecurrentDirection[count];
        for (int d = 0; d < count; d++)
        {
            RecurrentWeights w = weights[d];
            RecurrentState? start = initial?[d];
            if (w.Weight.Shape != new Shape(gates.Columns, shape.Columns))
                throw new ArgumentException($"Recurrence: weights {w.Weight.Shape} do not fit gates {gates} of a {cell} cell.", nameof(weights));
            outputs[d] = tape.AllocateResult(shape, projections[d], w.Weight, w.Bias, w.Peephole, start?.Hidden, start?.Cell);
            forward[d] = new RecurrentDirection
            {
                Reverse = d == 1,
                Gates = projections[d],
                Weight = w.Weight,
                Bias = w.Bias,
                Peephole = w.Peephole,
                InitialHidden = start?.Hidden,
                InitialCell = start?.Cell,
                Hidden = outputs[d],
                Cell = cell.HasCellState() ? tape.Allocate(shape) : null,
                Kept = tape.Recording && cell is CellKind.GruResetAfter or CellKind.GruResetBefore ? tape.Allocate(shape) : null,
            };
        }

        tape.Device.RecurrentForward(cell, lengths, forward, tape.Recording);

        Tensor[] finalCells = [];
        if (sum && count == 2)
        {
            Tensor total = tape.AllocateResult(shape, outputs[0], outputs[1]);
            tape.Device.Add(outputs[0], outputs[1], total);
            outputs = [total];
        }
        else if (cell.HasCellState())
        {
            finalCells = new Tensor[count];
            for (int d = 0; d < count; d++)
                finalCells[d] = FinalCell(tape, forward[d], outputs[d]);
        }

        if (tape.Recording)
            tape.Record([.. outputs, .. finalCells], () => Backward(tape, cell, lengths, forward, outputs, finalCells));
        else
            RecycleWorkings(tape, forward, outputs);
        return new RecurrentResult(outputs, finalCells);
    }

    private static void RecycleWorkings(Tape tape, RecurrentDirection[] forward, Tensor[] outputs)
    {
        foreach (RecurrentDirection direction in forward)
        {
            tape.Recycle(direction.Gates);
            if (direction.Cell is not null)
                tape.Recycle(direction.Cell);
            if (Array.IndexOf(outputs, direction.Hidden) < 0)
                tape.Recycle(direction.Hidden);
        }
    }

    private static Tensor FinalCell(Tape tape, RecurrentDirection direction, Tensor output)
    {
        Shape shape = new(output.Shape[1], output.Shape[2]);
        Tensor cell = tape.AllocateResult(shape, output);
        long last = direction.Reverse ? 0 : (output.Shape[0] - 1) * shape.Count;
        tape.Device.CopyColumns(direction.Cell!.View(shape, last), 0, cell, 0, shape.Columns, false);
        return cell;
    }

    private static void Backward(Tape tape, CellKind cell, Tensor lengths, RecurrentDirection[] forward, Tensor[] outputs, Tensor[] finalCells)
    {
        RecurrentDirection[] backward = new RecurrentDirection[forward.Length];
        for (int d = 0; d < forward.Length; d++)
        {
            RecurrentDirection f = forward[d];
            Tensor output = outputs[Math.Min(d, outputs.Length - 1)];
            Tensor dh = tape.HasGradient(output) ? output.Gradient! : Zeros(tape, f.Hidden.Shape);
            Tensor weightGradient = tape.GradientFor(f.Weight, out bool accumulate);
            Tensor? biasGradient = f.Bias is null ? null : tape.GradientFor(f.Bias, out _);
            Tensor? peepholeGradient = f.Peephole is null ? null : tape.GradientFor(f.Peephole, out _);
            backward[d] = new RecurrentDirection
            {
                Reverse = f.Reverse,
                Gates = f.Gates,
                Weight = f.Weight,
                Bias = f.Bias,
                Peephole = f.Peephole,
                InitialHidden = f.InitialHidden,
                InitialCell = f.InitialCell,
                Hidden = f.Hidden,
                Cell = f.Cell,
                Kept = f.Kept,
                HiddenGradient = dh,
                FinalCellGradient = finalCells.Length > 0 && tape.HasGradient(finalCells[d]) ? finalCells[d].Gradient : null,
                WeightGradient = weightGradient,
                BiasGradient = biasGradient,
                PeepholeGradient = peepholeGradient,
                Accumulate = accumulate,
                InitialHiddenGradient = f.InitialHidden is { RequiresGradient: true } ? tape.Allocate(f.InitialHidden.Shape) : null,
                InitialCellGradient = f.InitialCell is { RequiresGradient: true } ? tape.Allocate(f.InitialCell.Shape) : null,
            };
        }

        tape.Device.RecurrentBackward(cell, lengths, backward);
        for (int d = 0; d < backward.Length; d++)
        {
            RecurrentDirection b = backward[d];
            if (b.InitialHiddenGradient is not null)
                tape.GiveGradient(b.InitialHidden!, b.InitialHiddenGradient);
            if (b.InitialCellGradient is not null)
                tape.GiveGradient(b.InitialCell!, b.InitialCellGradient);
            if (b.Gates.RequiresGradient)
                tape.GiveGradient(b.Gates, b.Gates);
        }
    }

    private static Tensor Zeros(Tape tape, Shape shape)
    {
        Tensor zeros = tape.Allocate(shape);
        tape.Device.Fill(zeros, 0);
        return zeros;
    }
}
