using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Training;

public sealed class TapeTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose() => _device.Dispose();

    [Fact]
    public void The_gradient_of_a_value_used_three_times_is_the_sum_over_its_uses()
    {
        Tensor x = _device.Floats(new Shape(3), [1, 2, 3]);
        x.RequiresGradient = true;
        Tape tape = new(_device, recording: true);
        Tensor y = Elementwise.Add(tape, Elementwise.Add(tape, x, x), x);
        tape.GiveGradient(y, Given(tape, 1, 10, 100));
        tape.Backward();
        Assert.Equal([3f, 30f, 300f], x.Gradient!.ToArray());
    }

    [Fact]
    public void An_operation_that_no_gradient_reaches_is_not_played_back()
    {
        Tensor x = _device.Floats(new Shape(2), [1, 2]);
        x.RequiresGradient = true;
        Tape tape = new(_device, recording: true);
        Tensor used = Elementwise.Activate(tape, x, Activation.None);
        bool played = false;
        Tensor unused = tape.AllocateResult(x.Shape, x);
        tape.Record(unused, () => played = true);
        tape.GiveGradient(used, Given(tape, 5, 6));
        tape.Backward();
        Assert.False(played);
        Assert.Equal([5f, 6f], x.Gradient!.ToArray());
    }

    [Fact]
    public void A_pass_starts_afresh_after_a_reset()
    {
        Tensor x = _device.Floats(new Shape(2), [1, 2]);
        x.RequiresGradient = true;
        Tape tape = new(_device, recording: true);
        for (int pass = 1; pass <= 2; pass++)
        {
            Tensor y = Elementwise.Add(tape, x, x);
            tape.GiveGradient(y, Given(tape, pass, pass));
            tape.Backward();
            Assert.Equal([2f * pass, 2f * pass], x.Gradient!.ToArray());
            x.Gradient = null;
            tape.Reset();
        }
    }

    [Fact]
    public void A_tape_that_does_not_record_refuses_to_go_back() =>
        Assert.Contains("recording", Assert.Throws<InvalidOperationException>(() => new Tape(_device, recording: false).Backward()).Message, StringComparison.Ordinal);

    [Fact]
    public void Dropout_draws_the_same_mask_for_the_same_seed_and_another_for_each_layer()
    {
        Tensor x = _device.Floats(new Shape(64), Enumerable.Repeat(1f, 64).ToArray());
        float[][] Draw(ulong seed)
        {
            Tape tape = new(_device, recording: true) { Seed = seed };
            float[] first = Elementwise.Dropout(tape, x, 0.5f).ToArray(), second = Elementwise.Dropout(tape, x, 0.5f).ToArray();
            tape.Reset();
            return [first, second];
        }

        float[][] one = Draw(7), again = Draw(7), other = Draw(8);
        Assert.Equal(one, again);
        Assert.NotEqual(one[0], one[1]);
        Assert.NotEqual(one[0], other[0]);
        Assert.All(one[0], value => Assert.True(value is 0 or 2));
    }

    [Fact]
    public void Everything_computed_on_a_tape_goes_back_to_the_pool()
    {
        Tensor x = _device.Floats(new Shape(1000), new float[1000]);
        Tape tape = new(_device, recording: false);
        void Pass()
        {
            Tensor y = x;
            for (int i = 0; i < 5; i++)
                y = Elementwise.Activate(tape, y, Activation.Tanh);
            tape.Reset();
        }

        Pass();
        long before = _device.AllocatedBytes;
        for (int i = 0; i < 20; i++)
            Pass();
        Assert.Equal(before, _device.AllocatedBytes);
    }

    private Tensor Given(Tape tape, params float[] values)
    {
        Tensor gradient = tape.Allocate(new Shape(values.Length));
        _device.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()), gradient);
        return gradient;
    }
}
