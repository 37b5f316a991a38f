using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing.Reference;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

/// <summary>A batch of logits and texts, run on a device and compared with <see cref="ReferenceCtc"/>.</summary>
internal sealed class CtcCase
{
    public CtcCase(int frames, int batch, int classes, int blank = 0)
    {
        Frames = frames;
        Batch = batch;
        Classes = classes;
        Blank = blank;
        Logits = new float[frames * batch * classes];
        Lengths = [.. Enumerable.Repeat(frames, batch)];
        Labels = [.. Enumerable.Repeat(Array.Empty<int>(), batch)];
    }

    public int Frames { get; }

    public int Batch { get; }

    public int Classes { get; }

    public int Blank { get; }

    public float[] Logits { get; }

    public int[] Lengths { get; }

    public int[][] Labels { get; }

    public float Scale { get; init; } = 1;

    public Span<float> Frame(int t, int b) => Logits.AsSpan(((t * Batch) + b) * Classes, Classes);

    /// <summary>Normally distributed logits, seeded.</summary>
    public CtcCase Randomise(int seed, double deviation = 1)
    {
        Random random = new(seed);
        for (int i = 0; i < Logits.Length; i++)
            Logits[i] = (float)(deviation * Normal(random));
        return this;
    }

    /// <summary>Adds the logit that gives the blank the probability p beside flat others.</summary>
    public CtcCase FavourBlank(double p)
    {
        for (int t = 0; t < Frames; t++)
        {
            for (int b = 0; b < Batch; b++)
                Frame(t, b)[Blank] += (float)Math.Log(p * (Classes - 1) / (1 - p));
        }

        return this;
    }

    /// <summary>Texts of random labels, with repeats.</summary>
    public CtcCase RandomTexts(int seed, int length)
    {
        Random random = new(seed);
        for (int b = 0; b < Batch; b++)
            Labels[b] = RandomText(random, length);
        return this;
    }

    /// <summary>
    /// One utterance with a frame to spare, whose posteriors are sure of the text one frame late until frame 40 and on time from then on: the path that
    /// is on time falls e^-1600 behind its neighbour, and is the best of all by far in the end.
    /// </summary>
    public static CtcCase LateWinner()
    {
        CtcCase batch = new(151, 1, 29);
        batch.Labels[0] = [.. Enumerable.Range(0, 150).Select(i => 1 + (i % 28))];
        for (int t = 0; t < batch.Frames; t++)
            batch.Frame(t, 0)[batch.Labels[0][Math.Clamp(t < 40 ? t - 1 : t, 0, 149)]] += 40;
        return batch;
    }

    public int[] RandomText(Random random, int length)
    {
        int[] text = new int[length];
        for (int i = 0; i < length; i++)
        {
            int label = random.Next(Classes - 1);
            text[i] = label >= Blank ? label + 1 : label;
        }

        return text;
    }

    public double[][] FramesOf(int b) => [.. Enumerable.Range(0, Lengths[b]).Select(t => Frame(t, b).ToArray().Select(x => (double)x).ToArray())];

    public (double Loss, double[][]? Gradient) Reference(int b, bool withGradient = true) => ReferenceCtc.Compute(FramesOf(b), Labels[b], Blank, withGradient);

    public (float[] Losses, float[] Gradient) Run(Device device, bool withGradient = true)
    {
        Tensor logits = Upload(device, Logits, new Shape(Frames, Batch, Classes));
        Tensor lengths = Upload(device, Lengths, new Shape(Batch));
        int[] all = [.. Labels.SelectMany(l => l)];
        Tensor labels = Upload(device, all.Length == 0 ? [0] : all, new Shape(Math.Max(1, all.Length)));
        int[] offsets = new int[Batch + 1];
        for (int b = 0; b < Batch; b++)
            offsets[b + 1] = offsets[b] + Labels[b].Length;
        Tensor labelOffsets = Upload(device, offsets, new Shape(Batch + 1));
        Tensor losses = device.Allocate(ElementType.Float32, new Shape(Batch));

        // What was there before must not shine through.
        float[] before = new float[Logits.Length];
        before.AsSpan().Fill(float.NaN);
        Tensor? gradient = withGradient ? Upload(device, before, new Shape(Frames, Batch, Classes)) : null;
        device.CtcLoss(logits, lengths, labels, labelOffsets, Blank, losses, gradient, Scale);

        float[] lossValues = new float[Batch];
        device.Download(losses, MemoryMarshal.AsBytes(lossValues.AsSpan()));
        float[] gradientValues = new float[withGradient ? Logits.Length : 0];
        if (gradient is not null)
            device.Download(gradient, MemoryMarshal.AsBytes(gradientValues.AsSpan()));
        foreach (Tensor? t in new[] { logits, lengths, labels, labelOffsets, losses, gradient })
        {
            if (t is not null)
                device.Release(t);
        }

        return (lossValues, gradientValues);
    }

    /// <summary>Compares loss (relative 1e-6) and gradient (relative 1e-5, with a floor of 2e-7 for the rounding of floats near 1) of each utterance.</summary>
    public void AssertEqualsReference(Device device)
    {
        (float[] losses, float[] gradient) = Run(device);
        for (int b = 0; b < Batch; b++)
        {
            (double loss, double[][]? expected) = Reference(b);
            Assert.InRange(losses[b], loss - (1e-6 * Math.Abs(loss)), loss + (1e-6 * Math.Abs(loss)));
            AssertGradient(gradient, b, expected!, 2e-7);
        }
    }

    public void AssertGradient(float[] gradient, int b, double[][] expected, double floor, double relative = 1e-5)
    {
        for (int t = 0; t < Frames; t++)
        {
            for (int c = 0; c < Classes; c++)
            {
                double e = t < Lengths[b] ? Scale * expected[t][c] : 0;
                float g = gradient[(((t * Batch) + b) * Classes) + c];
                if (!(Math.Abs(g - e) <= (relative * Math.Abs(e)) + (floor * Scale)))
                    Assert.Fail($"utterance {b}, frame {t}, class {c}: the gradient is {g:R}, the reference {e:R}");
            }
        }
    }

    public static Tensor Upload<T>(Device device, T[] values, Shape shape)
        where T : unmanaged
    {
        Tensor tensor = device.Allocate(typeof(T) == typeof(float) ? ElementType.Float32 : ElementType.Int32, shape);
        device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return tensor;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
