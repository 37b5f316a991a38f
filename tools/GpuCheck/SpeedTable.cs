using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.GpuCheck;

/// <summary>How fast a device is; each figure is the best of some repeats, the wait for the result included.</summary>
internal static class SpeedTable
{
    /// <summary>Frames of a second, and numbers of a frame.</summary>
    public const int FramesPerSecond = 100, Features = 494;

    private const string ProductName = "matrix product ";

    private static readonly int[] Sizes = [512, 1024, 2048, 4096];

    /// <summary>Measures and prints.</summary>
    /// <param name="choice">The device.</param>
    /// <param name="hidden">H of the network.</param>
    /// <param name="batch">Recordings in a batch.</param>
    /// <param name="repeats">Repeats of each measurement.</param>
    /// <param name="python">A Python with PyTorch, or null.</param>
    public static void Run(string choice, int hidden, int batch, int repeats, string? python)
    {
        Dictionary<string, double> ours = new(StringComparer.Ordinal);
        Measure("", null, Products, Loss, Forwards, Steps);
        if (choice != "cpu")
        {
            Measure(", our own kernel", new CardOptions { VendorLibrary = false }, Products);
            Measure(", a launch a step", new CardOptions { PersistentRecurrence = false }, Forwards, Steps);
            Measure(", tf32", new CardOptions { Precision = ProductPrecision.TensorFloat32 }, Products, Forwards);
            Measure(", tf32, our own kernel", new CardOptions { Precision = ProductPrecision.TensorFloat32, VendorLibrary = false }, Products);
            Measure(", bf16, our own kernel", new CardOptions { Precision = ProductPrecision.BFloat16, VendorLibrary = false }, Products);
            Measure(", bf16", new CardOptions { Precision = ProductPrecision.BFloat16 }, Products, Forwards);
        }

        Dictionary<string, double> theirs = python is null ? [] : TorchPeer.Run(python, hidden, batch, repeats);
        foreach ((string what, double seconds) in ours)
        {
            string more = what.StartsWith(ProductName, StringComparison.Ordinal) ? $"{2 * Math.Pow(int.Parse(what[ProductName.Length..].Split(',')[0], CultureInfo.InvariantCulture), 3) / seconds / 1e12:F2} TFLOP/s"
                : what.StartsWith("forward", StringComparison.Ordinal) ? $"real-time factor {seconds / (64 * 10):E2} (64 recordings of 10 s)"
                : what.StartsWith("training", StringComparison.Ordinal) ? $"{batch * 10 / seconds / 60:F2} hours of sound a minute"
                : "T = 500, N = 32, S = 100, A = 29, loss and gradient";
            string peer = theirs.TryGetValue(what, out double other) ? $"; PyTorch {1000 * other:F2} ms, {other / seconds:F2} x" : "";
            Console.WriteLine($"  {what,-44} {1000 * seconds,9:F2} ms  {more}{peer}");
        }

        // On the device used in a way of its own; its memory is free afterwards. What a card cannot do in another way than the usual one is said and left out.
        void Measure(string way, CardOptions? options, params ReadOnlySpan<Action<Device, string>> measurements)
        {
            try
            {
                using Device device = DeviceCatalog.Create(choice, card: options);
                Console.WriteLine($"speeds on {device.Description}{way}");
                foreach (Action<Device, string> measure in measurements)
                    measure(device, way);
            }
            catch (Exception e) when (way.Length > 0 && e is (DeviceUnavailableException or OutOfDeviceMemoryException))
            {
                Console.WriteLine($"  {way.TrimStart(',', ' ')}: {e.Message}");
            }
        }

        void Products(Device device, string way)
        {
            foreach (int size in Sizes)
                ours[$"{ProductName}{size}{way}"] = Product(device, size, repeats);
        }

        void Loss(Device device, string way) => ours[$"CTC{way}"] = Ctc(device, repeats);

        void Forwards(Device device, string way)
        {
            foreach ((string name, AcousticModelOptions shape) in Networks(hidden))
                ours[$"forward {name}{way}"] = Forward(device, shape, 64, repeats);
        }

        void Steps(Device device, string way)
        {
            foreach ((string name, AcousticModelOptions shape) in Networks(hidden))
            {
                (ours[$"training step {name}{way}"], long launches) = Training(device, shape, batch, repeats);
                Console.WriteLine($"  training step {name}: {launches} kernels launched");
            }
        }
    }

    /// <summary>The networks that are measured: the Deep Speech network, and with gates in place of its recurrence.</summary>
    public static IEnumerable<(string Name, AcousticModelOptions Shape)> Networks(int hidden) =>
        new[] { ("rnn", CellKind.ClippedRelu), ("gru", CellKind.GruResetAfter), ("lstm", CellKind.Lstm) }.Select(n => (n.Item1, new AcousticModelOptions { Context = 0, Stride = 1, Hidden = hidden, Cell = n.Item2, Dropout = 0 }));

    private static double Product(Device device, int size, int repeats)
    {
        Tensor a = Random(device, new Shape(size, size), 1), b = Random(device, new Shape(size, size), 2), c = Random(device, new Shape(size, size), 3);
        double seconds = Fastest(device, repeats, () => device.MatMul(a, false, b, true, c));
        Release(device, a, b, c);
        return seconds;
    }

    private static double Ctc(Device device, int repeats)
    {
        const int Time = 500, Utterances = 32, Letters = 100, Classes = TrainingRun.Classes;
        Random random = new(7);
        Tensor logits = Random(device, new Shape(Time, Utterances, Classes), 4), gradient = Random(device, logits.Shape, 5), losses = Random(device, new Shape(Utterances), 6);
        Tensor labels = Integers(device, [.. Enumerable.Range(0, Utterances * Letters).Select(_ => random.Next(Classes - 1))]);
        Tensor offsets = Integers(device, [.. Enumerable.Range(0, Utterances + 1).Select(b => b * Letters)]), lengths = Integers(device, [.. Enumerable.Repeat(Time, Utterances)]);
        double seconds = Fastest(device, repeats, () => device.CtcLoss(logits, lengths, labels, offsets, Classes - 1, losses, gradient, 1));
        Release(device, logits, gradient, losses, labels, offsets, lengths);
        return seconds;
    }

    private static double Forward(Device device, AcousticModelOptions shape, int batch, int repeats)
    {
        const int Time = 10 * FramesPerSecond;
        AcousticModel model = new(device, shape, Features, TrainingRun.Classes, 1, training: false);
        Tensor x = Random(device, new Shape(Time, batch, Features), 1), lengths = Integers(device, [.. Enumerable.Repeat(Time, batch)]);
        Tape tape = new(device, recording: false);
        double seconds = Fastest(device, repeats, () =>
        {
            LogSoftmax.Apply(tape, model.Logits(tape, x, lengths));
            tape.Reset();
        });
        Release(device, x, lengths);
        return seconds;
    }

    private static (double Seconds, long Launches) Training(Device device, AcousticModelOptions shape, int batch, int repeats)
    {
        using TrainingRun run = new(device, shape, batch, 10 * FramesPerSecond, Features, letters: 130, batches: 1, rate: 1e-5f);
        double seconds = Fastest(device, repeats, () => run.Step());
        long before = device.Launches;
        run.Step();
        return (seconds, device.Launches - before);
    }

    private static double Fastest(Device device, int repeats, Action work)
    {
        Tensor probe = Random(device, new Shape(1), 9);
        byte[] one = new byte[sizeof(float)];
        double best = double.MaxValue;
        for (int i = -2; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            device.Download(probe, one);
            if (i >= 0)
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        device.Release(probe);
        return best;
    }

    private static Tensor Random(Device device, Shape shape, int seed)
    {
        Random random = new(seed);
        float[] values = new float[shape.Count];
        foreach (ref float value in values.AsSpan())
            value = (2 * random.NextSingle()) - 1;
        Tensor tensor = device.Allocate(ElementType.Float32, shape);
        device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return tensor;
    }

    private static Tensor Integers(Device device, int[] values)
    {
        Tensor tensor = device.Allocate(ElementType.Int32, new Shape(values.Length));
        device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return tensor;
    }

    private static void Release(Device device, params ReadOnlySpan<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
            device.Release(tensor);
    }
}
