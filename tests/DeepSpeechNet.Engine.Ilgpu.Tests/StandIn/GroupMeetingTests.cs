using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;
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

    /// <summary>
    /// A group whose neighbours never come gives up and says so, rather than hang or go on with what is not there yet: all that is computed from there on is NaN, whoever fetches anything is told,
    /// and from then on each step is a launch.
    /// </summary>
    [Theory]
    [InlineData(CellKind.Tanh)]
    [InlineData(CellKind.LstmFullPeephole)]
    public void Waiting_in_vain_gives_NaN(CellKind cell)
    {
        using IlgpuDevice device = new(new StandInMachine(8, 4, 2, groupsAtOnce: 6) { BreaksItsWord = true });
        RecurrenceCase test = new(cell, 3, 2, 20, reverse: false, seed: 1, ragged: false);
        RecurrentDirection direction = test.On(device, gradients: true), again = test.On(device, gradients: true);
        device.RecurrentForward(cell, test.LengthsOn(device), [direction], training: true);
        DeviceUnavailableException e = Assert.Throws<DeviceUnavailableException>(() => direction.Hidden.ToArray());
        Assert.Contains("side by side", e.Message, StringComparison.Ordinal);
        Assert.All(direction.Hidden.ToArray().Skip(2 * 20).Chunk(20), row => Assert.DoesNotContain(row, float.IsFinite));
        device.RecurrentForward(cell, test.LengthsOn(device), [again], training: true);
        Assert.DoesNotContain(again.Hidden.ToArray(), float.IsNaN);
    }

    /// <summary>More utterances than there is room for at once, and more steps than one launch has.</summary>
    [Theory]
    [InlineData(3, 40, 20, 2)]
    [InlineData(2100, 2, 3, 2)]
    [InlineData(2100, 1, 12, 2)]
    public void Utterances_and_steps_may_take_several_launches(int time, int batch, int units, int launches)
    {
        RecurrenceCase test = new(CellKind.Tanh, time, batch, units, reverse: true, seed: 7);
        (float[] one, long launchesOfOne) = Run(true);
        (float[] many, long launchesOfMany) = Run(false);
        Assert.Equal(many, one);
        Assert.Equal((time, launches * (units > 8 ? 2 : 1)), (launchesOfMany, launchesOfOne));

        (float[] Hidden, long Launches) Run(bool persistent)
        {
            using IlgpuDevice device = new(new StandInMachine(256, 4, 2, groupsAtOnce: 3), new CardOptions { PersistentRecurrence = persistent });
            RecurrentDirection direction = test.On(device);
            Tensor lengths = test.LengthsOn(device);
            long before = device.Launches;
            device.RecurrentForward(CellKind.Tanh, lengths, [direction], training: true);
            return (direction.Hidden.ToArray(), device.Launches - before);
        }
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
