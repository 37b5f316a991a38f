using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

/// <summary>What must not change a bit of a recurrence's results: threads, neighbours, padding, and how many steps a call takes.</summary>
public sealed class RecurrenceInvarianceTests
{
    public static TheoryData<CellKind> Cells => RecurrenceTests.Cells;

    [Theory]
    [MemberData(nameof(Cells))]
    public void Threads_change_nothing(CellKind cell)
    {
        float[][]? expected = null;
        foreach (int threads in new[] { 1, 2, 3, 5 })
        {
            using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
            RecurrenceCase forwards = new(cell, 9, 5, 130, reverse: false, seed: 11), backwards = new(cell, 9, 5, 130, reverse: true, seed: 11);
            RecurrentDirection[] directions = [forwards.On(device, gradients: true), backwards.On(device, gradients: true)];
            Tensor lengths = forwards.LengthsOn(device);
            device.RecurrentForward(cell, lengths, directions, training: true);
            float[][] results = [.. directions.Select(d => RecurrenceCase.Download(d.Hidden))];
            device.RecurrentBackward(cell, lengths, directions);
            results = [.. results, .. directions.SelectMany(Gradients)];
            expected ??= results;
            Assert.Equal(expected.Length, results.Length);
            for (int i = 0; i < results.Length; i++)
                Assert.Equal(expected[i], results[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void One_thread_may_take_directions_of_small_layers(CellKind cell)
    {
        RecurrenceCase test = new(cell, 3, 2, 5, reverse: true, seed: 12);
        float[][] runs = new float[2][];
        for (int i = 0; i < 2; i++)
        {
            using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 + (3 * i) });
            RecurrentDirection a = test.On(device), b = test.On(device);
            device.RecurrentForward(cell, test.LengthsOn(device), [a, b], training: false);
            Assert.Equal(RecurrenceCase.Download(a.Hidden), RecurrenceCase.Download(b.Hidden));
            runs[i] = RecurrenceCase.Download(a.Hidden);
        }

        Assert.Equal(runs[0], runs[1]);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Steps_one_by_one_equal_one_call(CellKind cell)
    {
        foreach ((int batch, int hidden) in new[] { (1, 130), (3, 33), (1, 16) })
        {
            using CpuDevice device = new(new CpuDeviceOptions { Threads = 2 });
            RecurrenceCase test = new(cell, 6, batch, hidden, reverse: false, seed: 13, ragged: false);
            RecurrentDirection whole = test.On(device), source = test.On(device);
            device.RecurrentForward(cell, test.LengthsOn(device), [whole], training: false);

            Tensor one = device.Allocate(ElementType.Int32, new Shape(batch));
            int[] ones = new int[batch];
            Array.Fill(ones, 1);
            device.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(ones.AsSpan()), one);
            Shape state = new(batch, hidden), frame = new(1, batch, hidden);
            Tensor h = source.InitialHidden!;
            Tensor? c = source.InitialCell;
            for (int t = 0; t < test.Time; t++)
            {
                RecurrentDirection step = new()
                {
                    Reverse = t % 2 == 1,
                    Gates = source.Gates.View(frame.WithColumns(cell.Gates() * hidden), (long)t * batch * cell.Gates() * hidden),
                    Weight = source.Weight,
                    Bias = source.Bias,
                    Peephole = source.Peephole,
                    InitialHidden = h,
                    InitialCell = c,
                    Hidden = source.Hidden.View(frame, (long)t * state.Count),
                    Cell = source.Cell?.View(frame, (long)t * state.Count),
                };
                device.RecurrentForward(cell, one, [step], training: false);
                h = step.Hidden.View(state);
                c = step.Cell?.View(state);
            }

            Assert.Equal(RecurrenceCase.Download(whole.Hidden), RecurrenceCase.Download(source.Hidden));
            Assert.Equal(RecurrenceCase.Download(whole.Cell), RecurrenceCase.Download(source.Cell));
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void An_utterance_alone_equals_itself_in_a_batch(CellKind cell)
    {
        foreach (bool reverse in new[] { false, true })
        {
            foreach (int hidden in new[] { 16, 33, 130 })
            {
                using CpuDevice device = new(new CpuDeviceOptions { Threads = 2 });
                RecurrenceCase batch = new(cell, 8, 11, hidden, reverse, seed: 14);
                RecurrentDirection all = batch.On(device, gradients: true);
                Tensor lengths = batch.LengthsOn(device);
                device.RecurrentForward(cell, lengths, [all], training: true);
                float[] hiddens = RecurrenceCase.Download(all.Hidden), cells = RecurrenceCase.Download(all.Cell);
                device.RecurrentBackward(cell, lengths, [all]);
                float[] gradients = RecurrenceCase.Download(all.Gates);

                for (int b = 0; b < batch.Batch; b += 3)
                {
                    int length = batch.Lengths[b], gates = cell.Gates() * hidden;
                    RecurrenceCase alone = Alone(batch, b);
                    RecurrentDirection one = alone.On(device, gradients: true);
                    Tensor oneLength = alone.LengthsOn(device);
                    device.RecurrentForward(cell, oneLength, [one], training: true);
                    Assert.Equal(Rows(hiddens, length, batch.Batch, b, hidden), RecurrenceCase.Download(one.Hidden));
                    if (cell.HasCellState())
                        Assert.Equal(Rows(cells, length, batch.Batch, b, hidden), RecurrenceCase.Download(one.Cell));
                    device.RecurrentBackward(cell, oneLength, [one]);

                    // Held frames add their own gradients to the state's, which an utterance without padding does not have.
                    if (length == batch.Time)
                        Assert.Equal(Rows(gradients, length, batch.Batch, b, gates), RecurrenceCase.Download(one.Gates));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void What_lies_in_padding_reaches_nothing(CellKind cell)
    {
        foreach (bool reverse in new[] { false, true })
        {
            float[][][] runs = new float[2][][];
            for (int i = 0; i < 2; i++)
            {
                using CpuDevice device = new(new CpuDeviceOptions { Threads = 2 });
                RecurrenceCase test = new(cell, 8, 4, 33, reverse, seed: 15);
                if (i == 1)
                    Poison(test);
                RecurrentDirection direction = test.On(device, gradients: true);
                Tensor lengths = test.LengthsOn(device);
                device.RecurrentForward(cell, lengths, [direction], training: true);
                float[] hidden = RecurrenceCase.Download(direction.Hidden);
                device.RecurrentBackward(cell, lengths, [direction]);
                runs[i] = [hidden, .. Gradients(direction)];
            }

            for (int i = 0; i < runs[0].Length; i++)
                Assert.Equal(runs[0][i], runs[1][i]);
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Changed_weights_are_packed_anew(CellKind cell)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        RecurrenceCase first = new(cell, 3, 2, 20, reverse: false, seed: 16), second = new(cell, 3, 2, 20, reverse: false, seed: 17);
        RecurrentDirection old = first.On(device);
        old.Weight.IsParameter = true;
        device.RecurrentForward(cell, first.LengthsOn(device), [old], training: false);
        RecurrentDirection expected = second.On(device);
        device.RecurrentForward(cell, second.LengthsOn(device), [expected], training: false);

        device.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(RecurrenceCase.Download(expected.Weight).AsSpan()), old.Weight);
        RecurrentDirection again = second.On(device);
        RecurrentDirection changed = new()
        {
            Reverse = false,
            Gates = again.Gates,
            Weight = old.Weight,
            Bias = again.Bias,
            Peephole = again.Peephole,
            InitialHidden = again.InitialHidden,
            InitialCell = again.InitialCell,
            Hidden = again.Hidden,
            Cell = again.Cell,
        };
        device.RecurrentForward(cell, second.LengthsOn(device), [changed], training: false);
        Assert.Equal(RecurrenceCase.Download(expected.Hidden), RecurrenceCase.Download(changed.Hidden));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Longer_utterances_allocate_nothing_more(CellKind cell)
    {
        long[] allocated = new long[2];
        for (int i = 0; i < 2; i++)
        {
            using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
            RecurrenceCase test = new(cell, i == 0 ? 3 : 60, 2, 20, reverse: false, seed: 18);
            RecurrentDirection[] directions = [test.On(device, gradients: true)];
            Tensor lengths = test.LengthsOn(device);
            void Pass()
            {
                device.RecurrentForward(cell, lengths, directions, training: true);
                device.RecurrentBackward(cell, lengths, directions);
            }

            // The first runs fill the pool and the cache of packed weights.
            Pass();
            Pass();
            long pool = device.AllocatedBytes;
            allocated[i] = Allocation.Least(Pass);
            Assert.Equal(pool, device.AllocatedBytes);
        }

        Assert.Equal(allocated[0], allocated[1]);
    }

    private static float[][] Gradients(RecurrentDirection direction) =>
    [
        RecurrenceCase.Download(direction.Gates),
        RecurrenceCase.Download(direction.WeightGradient),
        RecurrenceCase.Download(direction.BiasGradient),
        RecurrenceCase.Download(direction.PeepholeGradient),
        RecurrenceCase.Download(direction.InitialHiddenGradient),
        RecurrenceCase.Download(direction.InitialCellGradient),
    ];

    /// <summary>Puts NaN into the inputs of padded frames.</summary>
    private static void Poison(RecurrenceCase test)
    {
        int row = test.Kind.Gates() * test.Hidden;
        for (int t = 0; t < test.Time; t++)
        {
            for (int b = 0; b < test.Batch; b++)
            {
                if (t >= test.Lengths[b])
                    Array.Fill(test.Reference.X, double.NaN, ((t * test.Batch) + b) * row, row);
            }
        }
    }

    /// <summary>One utterance of a batch, without its padding.</summary>
    private static RecurrenceCase Alone(RecurrenceCase batch, int b)
    {
        int length = batch.Lengths[b], hidden = batch.Hidden;
        RecurrenceCase alone = new(batch.Kind, length, 1, hidden, batch.Reverse, seed: 0, ragged: false);
        batch.Reference.U.CopyTo(alone.Reference.U, 0);
        batch.Reference.Bias.CopyTo(alone.Reference.Bias, 0);
        batch.Reference.Peephole.CopyTo(alone.Reference.Peephole, 0);
        Rows(batch.Reference.X, length, batch.Batch, b, batch.Kind.Gates() * hidden).CopyTo(alone.Reference.X, 0);
        Rows(batch.HiddenGradient, length, batch.Batch, b, hidden).CopyTo(alone.HiddenGradient, 0);
        Rows(batch.Reference.H0, 1, batch.Batch, b, hidden).CopyTo(alone.Reference.H0, 0);
        if (batch.Kind.HasCellState())
        {
            Rows(batch.Reference.C0, 1, batch.Batch, b, hidden).CopyTo(alone.Reference.C0, 0);
            Rows(batch.FinalCellGradient, 1, batch.Batch, b, hidden).CopyTo(alone.FinalCellGradient, 0);
        }

        return alone;
    }

    private static T[] Rows<T>(T[] values, int time, int batch, int b, int columns)
    {
        T[] rows = new T[time * columns];
        for (int t = 0; t < time; t++)
            values.AsSpan(((t * batch) + b) * columns, columns).CopyTo(rows.AsSpan(t * columns));
        return rows;
    }
}
