using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.StandIn;

/// <summary>The stand-in finds the faults that it is there to find.</summary>
public sealed class StandInMachineTests : IDisposable
{
    private readonly StandInMachine _machine = new(8, 4, 2);
    private readonly MachineBuffer _buffer;

    public StandInMachineTests() => _buffer = _machine.Allocate(16 * sizeof(float));

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Lanes_see_what_others_wrote_before_a_barrier()
    {
        for (int run = 0; run < 2; run++)
        {
            _machine.Launch(Rotate, new Extent(4), new Extent(4), new Numbers { Values = Values() });
            for (int i = 0; i < 16; i++)
                Assert.Equal((i / 4 * 4) + ((i + 1) % 4), Values()[i]);
        }
    }

    [Fact]
    public void Without_the_barrier_the_poison_of_shared_memory_shows()
    {
        _machine.Launch(RotateTooEarly, new Extent(4), new Extent(4), new Numbers { Values = Values() });
        Assert.Contains(Enumerable.Range(0, 16), i => float.IsNaN(Values()[i]));
    }

    [Fact]
    public void An_index_outside_of_a_view_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _machine.Launch(PastTheEnd, new Extent(1), new Extent(8), new Numbers { Values = Values().SubView(0, 7) }));

    [Fact]
    public void Lanes_that_do_not_come_to_a_barrier_are_found()
    {
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => _machine.Launch(SomeMeet, new Extent(1), new Extent(4), new Numbers { Values = Values() }));
        Assert.Contains("barrier", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_barrier_in_a_kernel_that_is_not_marked_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => _machine.Launch(Unmarked, new Extent(1), new Extent(4), new Numbers { Values = Values() }));

    private ArrayView<float> Values() => _buffer.Bytes.Cast<float>();

    [MeetsAtBarriers]
    private static void Rotate(Numbers a)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(4);
        shared[Group.IdxX] = (Grid.IdxX * 4) + Group.IdxX;
        Group.Barrier();
        a.Values[(Grid.IdxX * 4) + Group.IdxX] = shared[(Group.IdxX + 1) % 4];
    }

    [MeetsAtBarriers]
    private static void RotateTooEarly(Numbers a)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(4);
        shared[Group.IdxX] = Group.IdxX;
        a.Values[(Grid.IdxX * 4) + Group.IdxX] = shared[(Group.IdxX + 1) % 4];
    }

    private static void PastTheEnd(Numbers a) => a.Values[Group.IdxX] = 1;

    [MeetsAtBarriers]
    private static void SomeMeet(Numbers a)
    {
        if (Group.IdxX == 1)
            return;
        Group.Barrier();
        a.Values[Group.IdxX] = 1;
    }

    private static void Unmarked(Numbers a)
    {
        Group.Barrier();
        a.Values[Group.IdxX] = 1;
    }

    private struct Numbers
    {
        public ArrayView<float> Values;
    }
}
