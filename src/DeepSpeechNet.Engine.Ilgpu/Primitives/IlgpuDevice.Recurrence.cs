using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu;

public sealed partial class IlgpuDevice
{
    /// <summary>Phases of one launch: it must end before the watchdog of a card with a screen, two seconds on Windows, ends it.</summary>
    private const int MostPhases = 2048;

    private readonly List<MachineBuffer> _recurrentMemory = [];
    private MachineBuffer? _waitedInVain;
    private bool _groupsHaveMet;
    private bool _persistent;

    /// <inheritdoc/>
    public override void RecurrentForward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions, bool training)
    {
        RecurrentShapes.Check(cell, lengths, directions, training, backward: false);
        RecurrentPlan plan = RecurrentPlan.Forward(cell);
        for (int pair = 0; pair < directions.Length; pair += 2)
        {
            ReadOnlySpan<RecurrentDirection> both = directions.Slice(pair, Math.Min(2, directions.Length - pair));
            RecurrentRun run = Start(cell, lengths, both, training, backward: false);
            Launch(plan, both.Length, run.Time * plan.Phases, run);
        }

        ReturnRecurrentMemory();
    }

    /// <inheritdoc/>
    public override void RecurrentBackward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions)
    {
        RecurrentShapes.Check(cell, lengths, directions, training: true, backward: true);
        RecurrentPlan plan = RecurrentPlan.Backward(cell);
        for (int pair = 0; pair < directions.Length; pair += 2)
        {
            ReadOnlySpan<RecurrentDirection> both = directions.Slice(pair, Math.Min(2, directions.Length - pair));
            RecurrentRun run = Start(cell, lengths, both, training: true, backward: true);
            bool wanted = false;
            foreach (RecurrentDirection d in both)
                wanted |= d.InitialHiddenGradient is not null || (cell == CellKind.LstmFullPeephole && d.InitialCellGradient is not null);

            // One more phase hands what is left to the initial states.
            Launch(plan, both.Length, (run.Time * plan.Phases) + (wanted ? 1 : 0), run);
            Finish(cell, both[0], run.First, run);
            if (both.Length > 1)
                Finish(cell, both[1], run.Second, run);
        }

        ReturnRecurrentMemory();
    }

    /// <summary>
    /// All phases in one launch, where a group's weights fit into its shared memory and all groups that share units fit on the card at once (or one group has all units, so that it need not wait
    /// for others); else one launch a phase.
    /// </summary>
    private void Launch(RecurrentPlan plan, int directions, int phases, RecurrentRun run)
    {
        RecurrentTile tile = plan.Tile(run.Units, alone: !_machine.GroupsMeet);
        int rows = RecurrentPlan.Rows(run.Batch, tile), across = (run.Units + tile.Width - 1) / tile.Width;
        run.Parts = plan.Phases;
        run.Groups = 1;
        if (_persistent && phases > 1 && tile.Resident != 0)
        {
            // Groups of different utterances do not wait for each other, and may come one after the other.
            int atOnce = across == 1 ? int.MaxValue : _machine.GroupsAtOnce(plan.Kernel, _machine.GroupLanes) / (across * directions);
            if (atOnce > 0)
            {
                // Smaller groups keep more of the card busy.
                while (across > 1 && rows > 8 && Down(RecurrentPlan.Rows(rows / 2, tile)) <= atOnce)
                    rows = RecurrentPlan.Rows(rows / 2, tile);
                run.Groups = across;
                for (int y = 0; y < Down(rows); y += atOnce)
                    LaunchRows(y, Math.Min(atOnce, Down(rows) - y), MostPhases);
                return;
            }
        }

        tile = RecurrentPlan.InPieces(tile);
        LaunchRows(0, Down(rows), 1);

        int Down(int rows) => (run.Batch + rows - 1) / rows;

        // Some groups of utterances, so many phases at a time.
        void LaunchRows(int y, int count, int phasesOfLaunch)
        {
            run.Tile = tile;
            run.Rows = rows;
            run.FirstRow = y * rows;
            for (run.From = 0; run.From < phases; run.From = run.To)
            {
                run.To = Math.Min(phases, run.From + phasesOfLaunch);
                if (run.Groups > 1)
                    PrepareMeetings(ref run, count * directions);
                _machine.Launch(plan.Kernel, new Extent(across, count, directions), new Extent(Math.Min(_machine.GroupLanes, RecurrentPlan.Lanes(rows, tile))), run);
            }
        }
    }

    private void PrepareMeetings(ref RecurrentRun run, int meetings)
    {
        if (_waitedInVain is null)
        {
            _all.Add(_waitedInVain = _machine.Allocate(Alignment));
            _machine.Upload(new byte[sizeof(int)], _waitedInVain.Bytes.SubView(0, sizeof(int)));
        }

        run.WaitedInVain = _waitedInVain.Bytes.Cast<int>();
        run.Arrivals = Zeros(meetings).Cast<int>();
        _groupsHaveMet = true;
    }

    /// <summary>Looks whether groups that waited for each other since the last time did so in vain, which makes NaN of what they computed. From then on a step is a launch.</summary>
    /// <exception cref="DeviceUnavailableException">They did.</exception>
    private void CheckMeetings()
    {
        if (!_groupsHaveMet)
            return;
        _groupsHaveMet = false;
        Span<byte> inVain = stackalloc byte[sizeof(int)];
        _machine.Download(_waitedInVain!.Bytes.SubView(0, inVain.Length), inVain);
        if (inVain[0] == 0)
            return;
        _persistent = false;
        inVain.Clear();
        _machine.Upload(inVain, _waitedInVain.Bytes.SubView(0, inVain.Length));
        throw new DeviceUnavailableException(
            $"The card {_machine.Name} did not run all groups of a recurrence side by side, as its driver said it would, perhaps since other programs use it: what it computed last is lost. Checkpoints written so far are whole: go on with --resume. Where it happens again, set {CardOptions.PersistentRecurrenceVariable}=0, or use --device cpu.");
    }

    private RecurrentRun Start(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions, bool training, bool backward)
    {
        Shape shape = directions[0].Hidden.Shape;
        RecurrentViews first = Views(cell, directions[0], backward);
        return new RecurrentRun
        {
            First = first,
            Second = directions.Length > 1 ? Views(cell, directions[1], backward) : first,
            Lengths = Integers(lengths),
            Arrivals = NoIntegers,
            WaitedInVain = NoIntegers,
            Time = shape[0],
            Batch = shape[1],
            Units = shape[2],
            Training = Flag(training),
            Flag = Flag(cell is CellKind.Tanh or CellKind.LstmPeephole),
            Backward = Flag(backward),
            Patience = _machine.Patience,
            Aligned = Flag(shape[2] % 4 == 0 && LieOnFours(directions)),
        };
    }

    /// <summary>Whether all that a product reads starts at a multiple of four numbers.</summary>
    private static bool LieOnFours(ReadOnlySpan<RecurrentDirection> directions)
    {
        foreach (RecurrentDirection d in directions)
        {
            if (!Lies(d.Gates) || !Lies(d.Hidden) || !Lies(d.Cell) || !Lies(d.Kept) || !Lies(d.InitialHidden) || !Lies(d.InitialCell))
                return false;
        }

        return true;

        static bool Lies(Tensor? tensor) => tensor is null || tensor.ByteOffset % (4 * sizeof(float)) == 0;
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
    private void Finish(CellKind cell, RecurrentDirection d, in RecurrentViews views, in RecurrentRun run)
    {
        int units = run.Units, width = cell.Gates() * units, state = run.Batch * units;
        if (d.InitialHiddenGradient is { } hidden)
            Copy(views.HiddenCarry, Floats(hidden), state);
        if (d.InitialCellGradient is { } initial)
            Copy(views.CellCarry, Floats(initial), state);
        if (d.WeightGradient is { } weight)
        {
            ArrayView<float> target = Floats(weight);
            int shared = cell is CellKind.GruResetAfter or CellKind.GruResetBefore ? 2 * units : width, candidate = 2 * units * units;
            Shifted(run, d.Reverse, views.Gates, width, shared, views.Hidden, views.InitialHidden, target, 0, d.Accumulate);
            if (cell == CellKind.GruResetAfter)
                Shifted(run, d.Reverse, views.Kept, units, units, views.Hidden, views.InitialHidden, target, candidate, d.Accumulate);
            else if (cell == CellKind.GruResetBefore)
                TransposedProduct(views.Gates, 2 * units, width, units, views.Kept, 0, units, run.Time * run.Batch, target, candidate, d.Accumulate);
        }

        if (d.BiasGradient is { } bias)
        {
            SumColumns(Sums(run, d, views.Gates, 0, width, 2 * units, Floats(bias), 0));
            SumColumns(Sums(run, d, views.Kept, 0, units, units, Floats(bias), 2 * units));
        }

        if (d.PeepholeGradient is not { } peephole)
            return;
        ArrayView<float> gradient = Floats(peephole);
        if (cell == CellKind.LstmFullPeephole)
        {
            Shifted(run, d.Reverse, views.Gates, width, 2 * units, views.Cell, views.InitialCell, gradient, 0, d.Accumulate);
            TransposedProduct(views.Gates, 3 * units, width, units, views.Cell, 0, units, run.Time * run.Batch, gradient, 2 * units * units, d.Accumulate);
            return;
        }

        ColumnSumArguments sums = Sums(run, d, views.Gates, 0, width, units, gradient, 0);
        sums.States = views.Cell;
        sums.Initial = views.InitialCell;
        sums.Factor = 2;
        SumColumns(sums);
        SumColumns(sums with { Offset = units, YOffset = units });
        SumColumns(sums with { Offset = 3 * units, YOffset = 2 * units, Factor = 1 });
    }

    private ColumnSumArguments Sums(in RecurrentRun run, RecurrentDirection d, ArrayView<float> x, int offset, int stride, int columns, ArrayView<float> y, int yOffset) => new()
    {
        X = x,
        States = NoFloats,
        Initial = NoFloats,
        Y = y,
        Offset = offset,
        Stride = stride,
        Rows = run.Time * run.Batch,
        Columns = columns,
        YOffset = yOffset,
        Accumulate = Flag(d.Accumulate),
        Reverse = Flag(d.Reverse),
        Time = run.Time,
        Batch = run.Batch,
    };

    /// <summary>target (+)= the sum over frames of a_t^T s_{t-1}, where s is the initial state before the first step: two products, whatever the number of frames.</summary>
    private void Shifted(
        in RecurrentRun run, bool reverse, ArrayView<float> a, int stride, int columns, ArrayView<float> states, ArrayView<float> initial, ArrayView<float> target, int offset, bool accumulate)
    {
        int frame = run.Batch, first = reverse ? run.Time - 1 : 0, rest = (run.Time - 1) * frame;
        TransposedProduct(a, first * frame * stride, stride, columns, initial, 0, run.Units, frame, target, offset, accumulate);
        if (rest > 0)
            TransposedProduct(a, reverse ? 0 : frame * stride, stride, columns, states, reverse ? frame * run.Units : 0, run.Units, rest, target, offset, accumulate: true);
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
