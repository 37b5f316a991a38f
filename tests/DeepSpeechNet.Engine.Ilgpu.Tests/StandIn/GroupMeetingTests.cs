using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Testing;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.StandIn;

/// <summary>Groups that wait for each other, on a machine where they run side by side and on one where they do not.</summary>
public sealed class GroupMeetingTests
{
    [Fact]
    public void What_all_groups_wrote_before_they_met_is_seen_by_all()
    {
        using StandInMachine machine = new(8, 4, 2, groupsAtOnce: 6);
        for (int run = 0; run < 2; run++)
            Assert.Equal([6, 6, 6, 6, 6, 6], Counts(machine));
    }

    [Fact]
    public void Groups_that_run_one_after_the_other_see_less()
    {
        using StandInMachine machine = new(8, 4, 2, groupsAtOnce: 6) { BreaksItsWord = true };
        Assert.Equal([1, 2, 3, 4, 5, 6], Counts(machine));
    }

    /// <summary>A group whose neighbours never come gives up and says so in all that it writes, rather than hang or go on with what is not there yet.</summary>
    [Theory]
    [InlineData(CellKind.Tanh)]
    [InlineData(CellKind.LstmFullPeephole)]
    public void Waiting_in_vain_gives_NaN(CellKind cell)
    {
        using IlgpuDevice device = new(new StandInMachine(8, 4, 2, groupsAtOnce: 6) { BreaksItsWord = true });
        RecurrenceCase test = new(cell, 3, 2, 20, reverse: false, seed: 1, ragged: false);
        RecurrentDirection direction = test.On(device, gradients: true);
        device.RecurrentForward(cell, test.LengthsOn(device), [direction], training: true);
        Assert.All(direction.Hidden.ToArray()[^8..], h => Assert.True(float.IsNaN(h)));
    }

    private static float[] Counts(StandInMachine machine)
    {
        MachineBuffer arrivals = machine.Allocate(sizeof(int)), seen = machine.Allocate(6 * sizeof(float));
        arrivals.Bytes.Cast<int>()[0] = 0;
        machine.Launch(CountAndWait, new Extent(6), new Extent(4), new Counted { Arrivals = arrivals.Bytes.Cast<int>(), Seen = seen.Bytes.Cast<float>() });
        return [.. Enumerable.Range(0, 6).Select(i => seen.Bytes.Cast<float>()[i])];
    }

    [MeetsAtBarriers(AcrossGroups = true)]
    private static void CountAndWait(Counted a)
    {
        if (Group.IdxX == 0)
        {
            Atomic.Add(ref a.Arrivals[0], 1);
            for (int asked = 0; asked < 1000 && Atomic.Add(ref a.Arrivals[0], 0) < 6; asked++)
            {
            }

            a.Seen[Grid.IdxX] = Atomic.Add(ref a.Arrivals[0], 0);
        }

        Group.Barrier();
    }

    private struct Counted
    {
        public ArrayView<int> Arrivals;
        public ArrayView<float> Seen;
    }
}
