using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices;
using DeepSpeechNet.Testing;
using DeepSpeechNet.Testing.Reference;
using static DeepSpeechNet.Testing.CheckedInput;

namespace DeepSpeechNet.Engine.Tests.Operations;

/// <summary>Every cell, every direction: results, final states and gradients to inputs, weights and initial states, over ragged batches.</summary>
public abstract class RecurrenceGradientTests(Func<Device> create) : DeviceTests(create)
{
    private const int Time = 5, Batch = 3, Hidden = 5;
    private static readonly int[] Lengths = [5, 2, 4];

    public static TheoryData<CellKind> Cells => [.. Enum.GetValues<CellKind>()];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Forwards(CellKind cell) => Check(cell, 1, false, false);

    [Theory]
    [MemberData(nameof(Cells))]
    public void Forwards_from_a_given_state(CellKind cell) => Check(cell, 1, false, true);

    [Theory]
    [MemberData(nameof(Cells))]
    public void Both_ways_side_by_side_from_given_states(CellKind cell) => Check(cell, 2, false, true);

    [Theory]
    [MemberData(nameof(Cells))]
    public void Both_ways_summed(CellKind cell) => Check(cell, 2, true, false);

    [Theory]
    [MemberData(nameof(Cells))]
    public void Both_ways_summed_from_given_states(CellKind cell) => Check(cell, 2, true, true);

    private void Check(CellKind cell, int directions, bool sum, bool initial)
    {
        List<CheckedInput> inputs = [];
        for (int d = 0; d < directions; d++)
        {
            int gates = cell.Gates() * Hidden;

            // Wide and off centre, so that a clipped cell meets both of its edges.
            inputs.Add(Random($"projection{d}", new Shape(Time, Batch, gates), cell == CellKind.ClippedRelu ? 12 : 1, cell == CellKind.ClippedRelu ? 9 : 0));
            inputs.Add(Random($"weight{d}", new Shape(gates, Hidden), 0.6f));
            if (cell == CellKind.GruResetAfter)
                inputs.Add(Random($"bias{d}", new Shape(gates)));
            if (cell == CellKind.LstmPeephole)
                inputs.Add(Random($"peephole{d}", new Shape(3, Hidden)));
            if (cell == CellKind.LstmFullPeephole)
                inputs.Add(Random($"peephole{d}", new Shape(3 * Hidden, Hidden)));
            if (initial)
                inputs.Add(Random($"hidden{d}", new Shape(Batch, Hidden)));
            if (initial && cell.HasCellState())
                inputs.Add(Random($"cell{d}", new Shape(Batch, Hidden)));
        }

        GradientCheck.Operation(Device, (tape, x) => Run(tape, cell, directions, sum, initial, x), x => Reference(cell, directions, sum, initial, x), [.. inputs]);
    }

    private Tensor[] Run(Engine.Training.Tape tape, CellKind cell, int directions, bool sum, bool initial, Tensor[] x)
    {
        int at = 0;
        List<Tensor> projections = [];
        List<RecurrentWeights> weights = [];
        List<RecurrentState> states = [];
        for (int d = 0; d < directions; d++)
        {
            // The layer writes over its projections, so it gets a copy.
            Tensor projection = x[at++];
            projections.Add(Elementwise.Activate(tape, projection, Activation.None));
            Tensor weight = x[at++];
            Tensor? bias = cell == CellKind.GruResetAfter ? x[at++] : null;
            Tensor? peephole = cell is CellKind.LstmPeephole or CellKind.LstmFullPeephole ? x[at++] : null;
            weights.Add(new RecurrentWeights(weight, bias, peephole));
            if (initial)
                states.Add(new RecurrentState(x[at++], cell.HasCellState() ? x[at++] : null));
        }

        RecurrentResult result = Recurrence.Run(tape, cell, projections, Device.Integers(Lengths), weights, sum, initial ? states : null);
        return [.. result.Outputs, .. result.FinalCells];
    }

    private static double[][] Reference(CellKind cell, int directions, bool sum, bool initial, double[][] x)
    {
        int at = 0;
        List<double[]> outputs = [], finals = [];
        for (int d = 0; d < directions; d++)
        {
            ReferenceRecurrence reference = new(cell, Time, Batch, Hidden, Lengths, reverse: d == 1);
            x[at++].CopyTo(reference.X, 0);
            x[at++].CopyTo(reference.U, 0);
            if (reference.Bias.Length > 0)
                x[at++].CopyTo(reference.Bias, 0);
            if (reference.Peephole.Length > 0)
                x[at++].CopyTo(reference.Peephole, 0);
            if (initial)
                x[at++].CopyTo(reference.H0, 0);
            if (initial && cell.HasCellState())
                x[at++].CopyTo(reference.C0, 0);
            reference.Run();
            outputs.Add(reference.H);
            if (cell.HasCellState() && !sum)
                finals.Add(reference.FinalCell.ToArray());
        }

        return sum ? [ReferenceMaths.Add(outputs[0], outputs[1])] : [.. outputs, .. finals];
    }
}
