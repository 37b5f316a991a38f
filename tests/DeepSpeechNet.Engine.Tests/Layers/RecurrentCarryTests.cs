using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Layers;

public sealed class RecurrentCarryTests : IDisposable
{
    private readonly RemoteDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void The_next_window_starts_from_the_last_frame_and_the_state_it_began_in_stays_for_the_backward_pass()
    {
        using RecurrentCarry carry = new(_device, CellKind.Lstm, 2, 3);
        RecurrentState before = carry.Current[0];
        Assert.All(before.Hidden.ToArray(), x => Assert.Equal(0, x));
        Assert.All(before.Cell!.ToArray(), x => Assert.Equal(0, x));
        carry.Keep(new RecurrentResult([_device.Floats(new Shape(2, 2, 3), [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6])], [_device.Floats(new Shape(2, 3), [6, 5, 4, 3, 2, 1])]));
        Assert.Equal([1, 2, 3, 4, 5, 6], carry.Current[0].Hidden.ToArray());
        Assert.Equal([6, 5, 4, 3, 2, 1], carry.Current[0].Cell!.ToArray());
        Assert.All(before.Hidden.ToArray(), x => Assert.Equal(0, x));
        carry.Reset();
        Assert.All([.. carry.Current[0].Hidden.ToArray(), .. carry.Current[0].Cell!.ToArray()], x => Assert.Equal(0, x));
    }

    [Fact]
    public void A_state_of_another_batch_or_cell_is_refused()
    {
        using RecurrentCarry carry = new(_device, CellKind.Tanh, 2, 3);
        Assert.Throws<ArgumentException>(() => carry.Keep(new RecurrentResult([_device.Poisoned(new Shape(4, 3, 3))], [])));
        Assert.Throws<ArgumentException>(() => carry.Keep(new RecurrentResult([_device.Poisoned(new Shape(4, 2, 3))], [_device.Poisoned(new Shape(2, 3))])));
        Assert.Throws<ArgumentException>(() => carry.Keep(new RecurrentResult([_device.Poisoned(new Shape(4, 2, 3)), _device.Poisoned(new Shape(4, 2, 3))], [])));
    }

    [Fact]
    public void Its_memory_is_given_back()
    {
        new RecurrentCarry(_device, CellKind.Lstm, 2, 3).Dispose();
        Assert.Equal(0, _device.LiveBuffers);
    }
}
