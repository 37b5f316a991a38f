using System.Runtime.Intrinsics;
using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    private readonly List<Tensor> _recurrentMemory = [];

    /// <inheritdoc/>
    public override void RecurrentForward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions, bool training)
    {
        RecurrentShapes.Check(cell, lengths, directions, training, backward: false);
        RecurrentCell[] cells = new RecurrentCell[directions.Length];
        for (int d = 0; d < cells.Length; d++)
            cells[d] = CreateCell(cell, lengths, directions[d], Workspace(cell, directions[d], backward: false), backward: false, training);
        RecurrentRunner.Run(cells, backward: false, cell.Gates(), _team, Rent);
        ReturnRecurrentMemory();
    }

    /// <inheritdoc/>
    public override void RecurrentBackward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions)
    {
        RecurrentShapes.Check(cell, lengths, directions, training: true, backward: true);
        RecurrentCell[] cells = new RecurrentCell[directions.Length];
        RecurrentWorkspace[] workspaces = new RecurrentWorkspace[directions.Length];
        for (int d = 0; d < cells.Length; d++)
        {
            workspaces[d] = Workspace(cell, directions[d], backward: true);
            cells[d] = CreateCell(cell, lengths, directions[d], workspaces[d], backward: true, training: true);
        }

        RecurrentRunner.Run(cells, backward: true, cell.Gates(), _team, Rent);
        for (int d = 0; d < cells.Length; d++)
        {
            CopyRows(cells[d].HiddenCarry, cells[d].Padded, directions[d].InitialHiddenGradient);
            CopyRows(cells[d].CellCarry, cells[d].Padded, directions[d].InitialCellGradient);
            ParameterGradients(cell, cells[d], directions[d], workspaces[d].VectorGradient);
        }

        ReturnRecurrentMemory();
    }

    private RecurrentCell CreateCell(CellKind cell, Tensor lengths, RecurrentDirection direction, in RecurrentWorkspace workspace, bool backward, bool training) =>
        Vector512.IsHardwareAccelerated ? CreateCell<Simd512, Vector512<float>, Vector512<int>>(cell, lengths, direction, workspace, backward, training)
        : Vector256.IsHardwareAccelerated ? CreateCell<Simd256, Vector256<float>, Vector256<int>>(cell, lengths, direction, workspace, backward, training)
        : CreateCell<Simd128, Vector128<float>, Vector128<int>>(cell, lengths, direction, workspace, backward, training);

    private RecurrentCell CreateCell<S, V, I>(CellKind cell, Tensor lengths, RecurrentDirection direction, in RecurrentWorkspace workspace, bool backward, bool training)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        PackedMatrix Panels(Tensor weight, int firstGate, int gates) =>
            backward ? RecurrentPanels.Backward(weight, firstGate, gates, _team) : RecurrentPanels.Forward(weight, firstGate, gates, _team);

        return cell switch
        {
            CellKind.Tanh or CellKind.ClippedRelu =>
                new VanillaCell<S, V, I>(direction, lengths, workspace, cell == CellKind.Tanh, Panels(direction.Weight, 0, 1)),
            CellKind.GruResetAfter when !training && RecurrentPanels.Shorts(direction.Weight) is { } shorts =>
                new GruAfterCell<S, V, I>(direction, lengths, workspace, training, null, null, shorts),
            CellKind.GruResetAfter when !backward => new GruAfterCell<S, V, I>(direction, lengths, workspace, training, Panels(direction.Weight, 0, 3), null),
            CellKind.GruResetAfter =>
                new GruAfterCell<S, V, I>(direction, lengths, workspace, training, Panels(direction.Weight, 0, 2), Panels(direction.Weight, 2, 1)),
            CellKind.GruResetBefore =>
                new GruBeforeCell<S, V, I>(direction, lengths, workspace, training, Panels(direction.Weight, 0, 2), Panels(direction.Weight, 2, 1)),
            CellKind.Lstm or CellKind.LstmPeephole => new LstmCell<S, V, I>(direction, lengths, workspace, training, Panels(direction.Weight, 0, 4)),
            CellKind.LstmFullPeephole => new LstmFullPeepholeCell<S, V, I>(
                direction, lengths, workspace, training, Panels(direction.Weight, 0, 4), Panels(direction.Peephole!, 0, 2), Panels(direction.Peephole!, 2, 1)),
            _ => throw new ArgumentOutOfRangeException(nameof(cell), cell, "unknown cell"),
        };
    }

    private RecurrentWorkspace Workspace(CellKind cell, RecurrentDirection direction, bool backward)
    {
        Shape shape = direction.Hidden.Shape;
        int batch = shape[1], units = shape[2], padded = (units + RecurrentCell.BlockWidth - 1) / RecurrentCell.BlockWidth * RecurrentCell.BlockWidth;
        RecurrentWorkspace workspace = default;
        workspace.InitialHidden = direction.InitialHidden is { } hidden ? Floats(hidden) : RentZeros((long)batch * units);
        if (cell.HasCellState())
            workspace.InitialCell = direction.InitialCell is { } state ? Floats(state) : RentZeros((long)batch * units);
        if (cell == CellKind.GruResetBefore && direction.Kept is null)
            workspace.Between = (float*)Rent((long)batch * units);
        if (!backward)
            return workspace;

        if (cell is CellKind.GruResetAfter or CellKind.LstmPeephole)
            workspace.VectorGradient = RentZeros(3L * padded);

        workspace.HiddenCarry = RentZeros((long)batch * padded);
        if (cell.HasCellState())
        {
            workspace.CellCarry = RentZeros((long)batch * padded);
            if (direction.FinalCellGradient is { } final)
            {
                for (int b = 0; b < batch; b++)
                    new ReadOnlySpan<float>(Floats(final) + ((nint)b * units), units).CopyTo(new Span<float>(workspace.CellCarry + ((nint)b * padded), units));
            }
        }

        return workspace;
    }

    /// <summary>
    /// The gradients of the parameters from those of all gates: dU = the sum over frames of da_t^T h_{t-1}. da is zero in held frames.
    /// </summary>
    private void ParameterGradients(CellKind cell, RecurrentCell run, RecurrentDirection direction, float* vectorGradient)
    {
        int units = run.Units, gates = cell.Gates();
        bool accumulate = direction.Accumulate;
        AddVectors(vectorGradient, run.Padded, units, direction.BiasGradient ?? (cell == CellKind.LstmPeephole ? direction.PeepholeGradient : null), accumulate);
        if (direction.WeightGradient is { } weightGradient)
        {
            float* target = Floats(weightGradient), candidate = target + (2L * units * units);
            switch (cell)
            {
                case CellKind.GruResetAfter:
                    ShiftedProduct(run, run.Gates, gates * units, 2 * units, run.Hidden, run.InitialHidden, target, accumulate);
                    ShiftedProduct(run, run.Kept, units, units, run.Hidden, run.InitialHidden, candidate, accumulate);
                    break;
                case CellKind.GruResetBefore:
                    ShiftedProduct(run, run.Gates, gates * units, 2 * units, run.Hidden, run.InitialHidden, target, accumulate);
                    Product(run, run.Time, run.Gates + (2 * units), gates * units, units, run.Kept, candidate, accumulate);
                    break;
                default:
                    ShiftedProduct(run, run.Gates, gates * units, gates * units, run.Hidden, run.InitialHidden, target, accumulate);
                    break;
            }
        }

        if (cell == CellKind.LstmFullPeephole && direction.PeepholeGradient is { } peepholeGradient)
        {
            float* target = Floats(peepholeGradient);
            ShiftedProduct(run, run.Gates, gates * units, 2 * units, run.Cell, run.InitialCell, target, accumulate);
            Product(run, run.Time, run.Gates + (3 * units), gates * units, units, run.Cell, target + (2L * units * units), accumulate);
        }
    }

    /// <summary>target (+)= the sum over frames of a_t^T s_{t-1}, where s is the initial state before the first step: two products, whatever the number of frames.</summary>
    private void ShiftedProduct(RecurrentCell run, float* a, int stride, int columns, float* states, float* initial, float* target, bool accumulate)
    {
        nint frame = run.Batch, first = run.Reverse ? run.Time - 1 : 0;
        Product(run, 1, a + (first * frame * stride), stride, columns, initial, target, accumulate);
        if (run.Time > 1)
            Product(run, run.Time - 1, run.Reverse ? a : a + (frame * stride), stride, columns, run.Reverse ? states + (frame * run.Units) : states, target, accumulate: true);
    }

    /// <summary>target [columns, H] (+)= a^T states over as many frames.</summary>
    private void Product(RecurrentCell run, int frames, float* a, int stride, int columns, float* states, float* target, bool accumulate)
    {
        MatrixOperand left = new((nint)a, stride, true), right = new((nint)states, run.Units, false);
        _product ??= new MatrixProduct(_team);
        _product.Multiply(columns, run.Units, frames * run.Batch, left, right, null, target, accumulate, null, Activation.None);
    }

    /// <summary>Gives out sums over frames, kept in rows of a padded width.</summary>
    private static void AddVectors(float* source, int padded, int units, Tensor? target, bool accumulate)
    {
        if (target is null)
            return;
        float* to = Floats(target);
        for (int row = 0; row < 3; row++, source += padded, to += units)
        {
            for (int j = 0; j < units; j++)
                to[j] = accumulate ? to[j] + source[j] : source[j];
        }
    }

    private static void CopyRows(float* source, int stride, Tensor? target)
    {
        if (target is null)
            return;
        int rows = target.Shape.Rows, columns = target.Shape.Columns;
        for (int b = 0; b < rows; b++)
            new ReadOnlySpan<float>(source + ((nint)b * stride), columns).CopyTo(new Span<float>(Floats(target) + ((nint)b * columns), columns));
    }

    private float* RentZeros(long count)
    {
        float* memory = (float*)Rent(count);
        new Span<float>(memory, checked((int)count)).Clear();
        return memory;
    }

    private nint Rent(long count)
    {
        Tensor memory = Allocate(ElementType.Float32, new Shape(checked((int)count)));
        _recurrentMemory.Add(memory);
        return (nint)Floats(memory);
    }

    private void ReturnRecurrentMemory()
    {
        foreach (Tensor memory in _recurrentMemory)
            Release(memory);
        _recurrentMemory.Clear();
    }
}
