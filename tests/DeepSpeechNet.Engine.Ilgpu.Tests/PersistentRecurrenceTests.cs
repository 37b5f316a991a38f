using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>Recurrences in one launch, whose groups wait for each other, against one launch a phase and against the CPU device.</summary>
public sealed class PersistentRecurrenceTests : IDisposable
{
    private const int Time = 4, Batch = 12, Units = 20;
    private readonly IlgpuDevice _device = TestedDevices.CreateSideBySide();

    public static TheoryData<CellKind> Cells => [.. Enum.GetValues<CellKind>()];

    public void Dispose() => _device.Dispose();

    /// <summary>Three groups share the units, two the utterances, and both directions run at once.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void All_steps_in_one_launch_give_the_same_bits_as_a_launch_each(CellKind cell)
    {
        using IlgpuDevice stepwise = TestedDevices.CreateSideBySide(new CardOptions { PersistentRecurrence = false });
        (float[] one, long launches) = Run(_device, cell);
        (float[] many, long launchesOfMany) = Run(stepwise, cell);
        Assert.DoesNotContain(one, float.IsNaN);
        Assert.Equal(many, one);

        // Of the forward pass and of the backward pass, which also hands on to the initial state; what else is launched, zeros and sums, is the same but for the zeros that arrivals are counted from.
        int phases = cell is CellKind.GruResetBefore or CellKind.LstmFullPeephole ? 2 * Time : Time;
        // Where groups cannot meet, one has all units.
        int zeros = TestedDevices.GroupsMeet ? 2 : 0;
        Assert.Equal((2 * phases) + 1 - 2 - zeros, launchesOfMany - launches);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_neighbour_changes_no_bit(CellKind cell)
    {
        RecurrenceCase all = new(cell, Time, Batch, Units, reverse: true, seed: 6), one = new(cell, Time, 1, Units, reverse: true, seed: 6, ragged: false);
        const int Which = 9;
        one.Lengths[0] = all.Lengths[Which];
        int gates = cell.Gates() * Units;
        all.Reference.U.CopyTo(one.Reference.U, 0);
        all.Reference.Bias.CopyTo(one.Reference.Bias, 0);
        all.Reference.Peephole.CopyTo(one.Reference.Peephole, 0);
        for (int t = 0; t < Time; t++)
            all.Reference.X.AsSpan(((t * Batch) + Which) * gates, gates).CopyTo(one.Reference.X.AsSpan(t * gates));
        RecurrentDirection among = all.On(_device, initial: false), alone = one.On(_device, initial: false);
        _device.RecurrentForward(cell, all.LengthsOn(_device), [among], training: true);
        _device.RecurrentForward(cell, one.LengthsOn(_device), [alone], training: true);
        float[] h = among.Hidden.ToArray(), own = alone.Hidden.ToArray();
        for (int t = 0; t < Time; t++)
            Assert.Equal(own.AsSpan(t * Units, Units), h.AsSpan(((t * Batch) + Which) * Units, Units));
    }

    /// <summary>Weights that do not fit into a group's shared memory come a piece at a time; one of the layers cannot be read by fours.</summary>
    [Theory]
    [InlineData(CellKind.LstmFullPeephole, 296)]
    [InlineData(CellKind.LstmFullPeephole, 298)]
    public void Weights_that_do_not_fit_come_in_pieces(CellKind cell, int units)
    {
        using CpuDevice cpu = new(new CpuDeviceOptions { Threads = 1 });
        Assert.All(new[] { RecurrentPlan.Forward(cell), RecurrentPlan.Backward(cell) }, plan => Assert.True(RecurrentPlan.InPieces(plan.Tile(units, alone: false)) is var tile && tile.Piece < tile.Depth));
        RecurrenceCase test = new(cell, 2, 2, units, reverse: false, seed: 2);
        float[] expected = Results(cpu), actual = Results(_device);
        Assert.Equal(expected, actual, (e, a) => Math.Abs(e - a) <= 3e-5 * Math.Max(1, Math.Abs(e)));

        float[] Results(Device device)
        {
            RecurrentDirection d = test.On(device, gradients: true);
            device.RecurrentForward(cell, test.LengthsOn(device), [d], training: true);
            device.RecurrentBackward(cell, test.LengthsOn(device), [d]);
            return [.. d.Hidden.ToArray(), .. d.Gates.ToArray(), .. d.InitialHiddenGradient!.ToArray()];
        }
    }

    private static (float[] Results, long Launches) Run(IlgpuDevice device, CellKind cell)
    {
        RecurrenceCase forwards = new(cell, Time, Batch, Units, reverse: false, seed: 3), backwards = new(cell, Time, Batch, Units, reverse: true, seed: 4);
        forwards.Lengths.CopyTo(backwards.Lengths, 0);
        RecurrentDirection[] both = [forwards.On(device, gradients: true), backwards.On(device, gradients: true)];
        Tensor lengths = forwards.LengthsOn(device);
        long before = device.Launches;
        device.RecurrentForward(cell, lengths, both, training: true);
        device.RecurrentBackward(cell, lengths, both);
        long launches = device.Launches - before;
        return ([.. both.SelectMany(d => new[] { d.Hidden, d.Cell, d.Gates, d.Kept, d.WeightGradient, d.BiasGradient, d.PeepholeGradient, d.InitialHiddenGradient, d.InitialCellGradient }).SelectMany(RecurrenceCase.Download)], launches);
    }
}
