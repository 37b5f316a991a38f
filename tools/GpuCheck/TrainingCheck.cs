using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Ilgpu;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.GpuCheck;

/// <summary>A hundred steps of training on the card and on the processor, from the same weights on the same data: the losses must stay together.</summary>
internal static class TrainingCheck
{
    private const int Steps = 100;

    /// <summary>The largest distance of two losses, relative to the processor's, that rounding in another order may make in so many steps.</summary>
    private const double Tolerance = 0.01;

    /// <summary>Trains on both and prints how far the losses part.</summary>
    /// <returns>Whether they stay within the tolerance.</returns>
    public static bool Run(string choice)
    {
        bool good = true;
        Console.WriteLine($"{Steps} steps of training on the card and on the processor (H = 64, batch 8, 100 frames of 40 numbers, Adam)");
        foreach (CellKind cell in new[] { CellKind.ClippedRelu, CellKind.GruResetAfter, CellKind.Lstm })
        {
            AcousticModelOptions shape = new() { Context = 2, Hidden = 64, Cell = cell, Dropout = 0.1f };
            float[] card, processor;
            using (Device device = DeviceCatalog.Create(choice))
                card = Losses(device, shape);
            using (CpuDevice device = new())
                processor = Losses(device, shape);
            double first = Math.Abs(card[0] - processor[0]) / processor[0], apart = card.Zip(processor, (a, b) => Math.Abs(a - b) / b).Max();
            bool close = apart <= Tolerance;
            good &= close;
            Console.WriteLine($"  {cell,-14} loss {processor[0]:F3} to {processor[^1]:F3}; first step apart by {first:E1}, all by at most {apart:E1} of the loss{(close ? "" : $": MORE THAN {Tolerance}")}");
        }

        Console.WriteLine();
        return good;
    }

    private static float[] Losses(Device device, AcousticModelOptions shape)
    {
        using TrainingRun run = new(device, shape, batch: 8, frames: 100, features: 40, letters: 12, batches: 5, rate: 1e-3f);
        float[] losses = new float[Steps];
        foreach (ref float loss in losses.AsSpan())
            loss = run.Step().Loss;
        return losses;
    }
}
