using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu;

public sealed partial class IlgpuDevice
{
    private readonly List<MachineBuffer> _recurrentMemory = [];

    /// <inheritdoc/>
    public override void RecurrentForward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions, bool training)
    {
        RecurrentShapes.Check(cell, lengths, directions, training, backward: false);
        for (int pair = 0; pair < directions.Length; pair += 2)
        {
            int count = Math.Min(2, directions.Length - pair);
            RecurrentStep step = Start(cell, lengths, directions.Slice(pair, count), training, backward: false);
            for (step.Step = 0; step.Step < step.Time; step.Step++)
                ForwardStep(cell, count, step);
        }

        ReturnRecurrentMemory();
    }

    /// <inheritdoc/>
    public override void RecurrentBackward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions)
    {
        RecurrentShapes.Check(cell, lengths, directions, training: true, backward: true);
        for (int pair = 0; pair < directions.Length; pair += 2)
        {
            ReadOnlySpan<RecurrentDirection> both = directions.Slice(pair, Math.Min(2, directions.Length - pair));
            RecurrentStep step = Start(cell, lengths, both, training: true, backward: true);
            bool wanted = false;
            foreach (RecurrentDirection d in both)
                wanted |= d.InitialHiddenGradient is not null || (cell == CellKind.LstmFullPeephole && d.InitialCellGradient is not null);
            for (step.Step = step.Time - 1; step.Step >= (wanted ? -1 : 0); step.Step--)
                BackwardStep(cell, both.Length, step);
            Finish(cell, both[0], step.First, step);
            if (both.Length > 1)
                Finish(cell, both[1], step.Second, step);
        }

        ReturnRecurrentMemory();
    }

    private void ForwardStep(CellKind cell, int directions, in RecurrentStep step)
    {
        switch (cell)
        {
            case CellKind.Tanh or CellKind.ClippedRelu:
                LaunchStep(VanillaKernels.Forward, directions, step);
                break;
            case CellKind.Lstm or CellKind.LstmPeephole:
                LaunchStep(LstmKernels.Forward, directions, step);
                break;
            case CellKind.LstmFullPeephole:
                LaunchStep(LstmFullPeepholeKernels.ForwardCell, directions, step);
                LaunchStep(LstmFullPeepholeKernels.ForwardOutput, directions, step);
                break;
            case CellKind.GruResetAfter:
                LaunchStep(GruKernels.AfterForward, directions, step);
                break;
            default:
                LaunchStep(GruKernels.BeforeForwardReset, directions, step);
                LaunchStep(GruKernels.BeforeForwardCandidate, directions, step);
                break;
        }
    }

    private void BackwardStep(CellKind cell, int directions, in RecurrentStep step)
    {
        switch (cell)
        {
            case CellKind.Tanh or CellKind.ClippedRelu:
                LaunchStep(VanillaKernels.Backward, directions, step);
                break;
            case CellKind.Lstm or CellKind.LstmPeephole:
                LaunchStep(LstmKernels.Backward, directions, step);
                break;
            case CellKind.LstmFullPeephole:
                LaunchStep(LstmFullPeepholeKernels.BackwardOutput, directions, step);
                if (step.Step >= 0)
                    LaunchStep(LstmFullPeepholeKernels.BackwardCell, directions, step);
                break;
            case CellKind.GruResetAfter:
                LaunchStep(GruKernels.AfterBackward, directions, step);
                break;
            default:
                LaunchStep(GruKernels.BeforeBackwardUpdate, directions, step);
                if (step.Step >= 0)
                    LaunchStep(GruKernels.BeforeBackwardCandidate, directions, step);
                break;
        }
    }

    private void LaunchStep(Action<RecurrentStep> kernel, int directions, in RecurrentStep step)
    {
        int side = _machine.TileSide;
        _machine.Launch(kernel, new Extent((step.Units + side - 1) / side, (step.Batch + side - 1) / side, directions), new Extent(side, side), step);
    }

    private RecurrentStep Start(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions, bool training, bool backward)
    {
        Shape shape = directions[0].Hidden.Shape;
        RecurrentViews first = Views(cell, directions[0], backward);
        return new RecurrentStep
        {
            First = first,
            Second = directions.Length > 1 ? Views(cell, directions[1], backward) : first,
            Lengths = Integers(lengths),
            Time = shape[0],
            Batch = shape[1],
            Units = shape[2],
            Training = Flag(training),
            Flag = Flag(cell is CellKind.Tanh or CellKind.LstmPeephole),
        };
    }

    private RecurrentViews Views(CellKind cell, RecurrentDirection d, bool backward)
    {
        Shape shape = d.Hidden.Shape;
        int state = shape[1] * shape[2];
        RecurrentViews views = new()
        {
            Gates = Floats(d.Gates),
            Weight = Floats(d.Weight),
            Bias = FloatsOrNone(d.Bias),
            Peephole = FloatsOrNone(d.Peephole),
            InitialHidden = d.InitialHidden is { } hidden ? Floats(hidden) : Zeros(state),
            InitialCell = d.InitialCell is { } initial ? Floats(initial) : cell.HasCellState() ? Zeros(state) : NoFloats,
            Hidden = Floats(d.Hidden),
            Cell = FloatsOrNone(d.Cell),
            Kept = FloatsOrNone(d.Kept),
            KeptStride = state,
            Above = FloatsOrNone(d.HiddenGradient),
            HiddenCarry = backward ? Zeros(state) : NoFloats,
            CellCarry = backward && cell.HasCellState() ? Zeros(state) : NoFloats,
            Reverse = Flag(d.Reverse),
        };
        if (cell == CellKind.GruResetBefore && d.Kept is null)
        {
            views.Kept = Zeros(state);
            views.KeptStride = 0;
        }

        if (backward && d.FinalCellGradient is { } final)
            Copy(Floats(final), views.CellCarry, state);
        return views;
    }

    /// <summary>The gradients of the initial states and of the parameters: dU = the sum over frames of da_t^T h_{t-1}. da is zero in held frames.</summary>
    private void Finish(CellKind cell, RecurrentDirection d, in RecurrentViews views, in RecurrentStep step)
    {
        int units = step.Units, width = cell.Gates() * units, state = step.Batch * units;
        if (d.InitialHiddenGradient is { } hidden)
            Copy(views.HiddenCarry, Floats(hidden), state);
        if (d.InitialCellGradient is { } initial)
            Copy(views.CellCarry, Floats(initial), state);
        if (d.WeightGradient is { } weight)
        {
            ArrayView<float> target = Floats(weight);
            int shared = cell is CellKind.GruResetAfter or CellKind.GruResetBefore ? 2 * units : width, candidate = 2 * units * units;
            Shifted(step, d.Reverse, views.Gates, width, shared, views.Hidden, views.InitialHidden, target, 0, d.Accumulate);
            if (cell == CellKind.GruResetAfter)
                Shifted(step, d.Reverse, views.Kept, units, units, views.Hidden, views.InitialHidden, target, candidate, d.Accumulate);
            else if (cell == CellKind.GruResetBefore)
                TransposedProduct(views.Gates, 2 * units, width, units, views.Kept, 0, units, step.Time * step.Batch, target, candidate, d.Accumulate);
        }

        if (d.BiasGradient is { } bias)
        {
            SumColumns(Sums(step, d, views.Gates, 0, width, 2 * units, Floats(bias), 0));
            SumColumns(Sums(step, d, views.Kept, 0, units, units, Floats(bias), 2 * units));
        }

        if (d.PeepholeGradient is not { } peephole)
            return;
        ArrayView<float> gradient = Floats(peephole);
        if (cell == CellKind.LstmFullPeephole)
        {
            Shifted(step, d.Reverse, views.Gates, width, 2 * units, views.Cell, views.InitialCell, gradient, 0, d.Accumulate);
            TransposedProduct(views.Gates, 3 * units, width, units, views.Cell, 0, units, step.Time * step.Batch, gradient, 2 * units * units, d.Accumulate);
            return;
        }

        ColumnSumArguments sums = Sums(step, d, views.Gates, 0, width, units, gradient, 0);
        sums.States = views.Cell;
        sums.Initial = views.InitialCell;
        sums.Factor = 2;
        SumColumns(sums);
        SumColumns(sums with { Offset = units, YOffset = units });
        SumColumns(sums with { Offset = 3 * units, YOffset = 2 * units, Factor = 1 });
    }

    private ColumnSumArguments Sums(in RecurrentStep step, RecurrentDirection d, ArrayView<float> x, int offset, int stride, int columns, ArrayView<float> y, int yOffset) => new()
    {
        X = x,
        States = NoFloats,
        Initial = NoFloats,
        Y = y,
        Offset = offset,
        Stride = stride,
        Rows = step.Time * step.Batch,
        Columns = columns,
        YOffset = yOffset,
        Accumulate = Flag(d.Accumulate),
        Reverse = Flag(d.Reverse),
        Time = step.Time,
        Batch = step.Batch,
    };

    /// <summary>target (+)= the sum over frames of a_t^T s_{t-1}, where s is the initial state before the first step: two products, whatever the number of frames.</summary>
    private void Shifted(
        in RecurrentStep step, bool reverse, ArrayView<float> a, int stride, int columns, ArrayView<float> states, ArrayView<float> initial, ArrayView<float> target, int offset, bool accumulate)
    {
        int frame = step.Batch, first = reverse ? step.Time - 1 : 0, rest = (step.Time - 1) * frame;
        TransposedProduct(a, first * frame * stride, stride, columns, initial, 0, step.Units, frame, target, offset, accumulate);
        if (rest > 0)
            TransposedProduct(a, reverse ? 0 : frame * stride, stride, columns, states, reverse ? frame * step.Units : 0, step.Units, rest, target, offset, accumulate: true);
    }

    private void Copy(ArrayView<float> from, ArrayView<float> to, int count) =>
        Each(ElementwiseKernels.CopyColumns, count, new CopyColumnsArguments { X = from, Y = to, Columns = count, Count = count });

    private ArrayView<float> Zeros(int count)
    {
        ArrayView<float> zeros = Scratch<float>(count, out MachineBuffer buffer);
        _recurrentMemory.Add(buffer);
        Each(ElementwiseKernels.Fill, count, new ElementwiseArguments { A = zeros, B = zeros, Y = zeros, Count = count });
        return zeros;
    }

    private void ReturnRecurrentMemory()
    {
        foreach (MachineBuffer buffer in _recurrentMemory)
            Return(buffer);
        _recurrentMemory.Clear();
    }
}
