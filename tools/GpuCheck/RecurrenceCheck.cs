using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.GpuCheck;

/// <summary>
/// Recurrences of the size that people train, again and again, all steps in one launch against a launch each: the same bits. Groups that wait for each other are the one thing whose faults show
/// on a card alone, and perhaps not every time.
/// </summary>
internal static class RecurrenceCheck
{
    private const int Time = 200, Runs = 20;

    /// <summary>Runs them and prints what differs.</summary>
    /// <param name="choice">The card.</param>
    /// <param name="hidden">Units of the clipped ReLU; those with gates have half as many.</param>
    /// <param name="batch">Recordings in a batch.</param>
    /// <returns>Whether nothing does.</returns>
    public static bool Run(string choice, int hidden, int batch)
    {
        bool good = true;
        Console.WriteLine($"recurrences of {Time} frames, batch {batch}, both ways, forwards and backwards: {Runs} runs in as few launches as the card takes against one with a launch a step");
        foreach ((CellKind cell, int units) in new[] { (CellKind.ClippedRelu, hidden), (CellKind.GruResetAfter, hidden / 2), (CellKind.Lstm, hidden / 2) })
        {
            float[] expected;
            long many;
            using (Device device = DeviceCatalog.Create(choice, card: new CardOptions { PersistentRecurrence = false }))
                (expected, many) = Results(device, cell, units, batch);
            using Device persistent = DeviceCatalog.Create(choice, card: new CardOptions { PersistentRecurrence = true });
            int different = 0;
            long few = 0;
            for (int run = 0; run < Runs; run++)
            {
                (float[] actual, few) = Results(persistent, cell, units, batch);
                if (!MemoryMarshal.AsBytes(expected.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(actual.AsSpan())))
                    different++;
            }

            good &= different == 0;
            Console.WriteLine($"  {cell,-14} H = {units}: {few} launches against {many}; {(different == 0 ? "the same bits in every run" : $"{different} RUNS DIFFER")}");
        }

        Console.WriteLine();
        return good;
    }

    /// <summary>States and gradients of both directions, and how many kernels made them.</summary>
    private static (float[] Results, long Launches) Results(Device device, CellKind cell, int units, int batch)
    {
        List<Tensor> all = [];
        RecurrentDirection[] directions = [Direction(false, 1), Direction(true, 2)];
        Tensor lengths = device.Allocate(ElementType.Int32, new Shape(batch));
        device.Upload(MemoryMarshal.AsBytes(Enumerable.Range(0, batch).Select(b => Time - (b % 7)).ToArray().AsSpan()), lengths);
        long before = device.Launches;
        device.RecurrentForward(cell, lengths, directions, training: true);
        device.RecurrentBackward(cell, lengths, directions);
        long launches = device.Launches - before;
        List<float> results = [];
        foreach (Tensor tensor in directions.SelectMany(d => new[] { d.Hidden, d.Gates, d.WeightGradient! }))
        {
            float[] values = new float[tensor.Count];
            device.Download(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
            results.AddRange(values);
        }

        foreach (Tensor tensor in all)
            device.Release(tensor);
        device.Release(lengths);
        return ([.. results], launches);

        RecurrentDirection Direction(bool reverse, int seed)
        {
            int width = cell.Gates() * units;
            Shape states = new(Time, batch, units);
            Random random = new(seed);
            return new RecurrentDirection
            {
                Reverse = reverse,
                Gates = Made(new Shape(Time, batch, width), 1),
                Weight = Made(new Shape(width, units), 1 / Math.Sqrt(units)),
                Bias = cell == CellKind.GruResetAfter ? Made(new Shape(width), 1) : null,
                Hidden = Made(states, 1),
                Cell = cell.HasCellState() ? Made(states, 1) : null,
                Kept = cell == CellKind.GruResetAfter ? Made(states, 1) : null,
                HiddenGradient = Made(states, 1),
                WeightGradient = Made(new Shape(width, units), 1),
            };

            Tensor Made(Shape shape, double spread)
            {
                float[] values = new float[shape.Count];
                foreach (ref float value in values.AsSpan())
                    value = (float)(((2 * random.NextDouble()) - 1) * spread);
                Tensor tensor = device.Allocate(ElementType.Float32, shape);
                device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
                all.Add(tensor);
                return tensor;
            }
        }
    }
}
