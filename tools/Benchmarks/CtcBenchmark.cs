using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// CTC loss and gradient from logits, T=500, N=32, S=100, A=29: milliseconds a batch (minimum and median) on one and two threads, on random and on
/// blank-dominated posteriors.
/// </summary>
/// <remarks>
/// <c>ctc [--repeats 200] [--peer DIR [--python python3] [--rounds 3]]</c>: with a folder that holds <c>torch_ctc.py</c>, PyTorch's
/// log_softmax and ctc_loss, forward and backward, are measured between rounds of our own and the ratios of the minima printed. Both wait, a
/// while, for gaps in other work.
/// </remarks>
internal static class CtcBenchmark
{
    private const int Frames = 500;
    private const int Batch = 32;
    private const int Length = 100;
    private const int Classes = 29;

    public static int Run(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and int i && i + 1 < args.Length ? args[i + 1] : otherwise;
        int repeats = int.Parse(Option("--repeats", "200"));
        string peer = Option("--peer", "");
        int rounds = peer.Length == 0 ? 1 : int.Parse(Option("--rounds", "3"));
        int[] threads = Environment.ProcessorCount > 1 ? [1, 2] : [1];

        (string Name, double Blank)[] kinds = [("random", 0), ("p(blank)=0.99", 0.99), ("p(blank)=0.9999", 0.9999)];
        Dictionary<(string, int), List<double>> times = [];
        Dictionary<(string, int), double> peerTimes = [];
        for (int round = 0; round < rounds; round++)
        {
            foreach (int n in threads)
            {
                using CpuDevice device = new(new CpuDeviceOptions { Threads = n });
                foreach ((string name, double blank) in kinds)
                {
                    if (!times.TryGetValue((name, n), out List<double>? list))
                        times.Add((name, n), list = []);
                    Measure(device, blank, repeats, list);
                }

                if (peer.Length > 0)
                    MeasurePeer(Option("--python", "python3"), Path.Combine(peer, "torch_ctc.py"), n, peerTimes);
            }
        }

        Console.WriteLine($"CTC loss and gradient from logits, T={Frames}, N={Batch}, S={Length}, A={Classes}; ms a batch");
        Console.WriteLine("threads  posteriors             min   median");
        foreach (int n in threads)
        {
            foreach ((string name, _) in kinds)
            {
                List<double> list = times[(name, n)];
                list.Sort();
                Console.Write($"{n,7}  {name,-16} {list[0],9:F3} {list[list.Count / 2],8:F3}");
                foreach (string what in new[] { "log_softmax+ctc fwd+bwd", "ctc fwd+bwd" })
                {
                    if (peerTimes.TryGetValue((what, n), out double ms))
                        Console.Write($"   {ms / list[0],5:F1}x PyTorch's {what} ({ms:F1} ms)");
                }

                Console.WriteLine();
            }
        }

        return 0;
    }

    private static void Measure(CpuDevice device, double blank, int repeats, List<double> times)
    {
        Random random = new(0);
        float[] x = new float[Frames * Batch * Classes];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = blank > 0
                ? (i % Classes == 0 ? (float)Math.Log(blank * (Classes - 1) / (1 - blank)) : 0)
                : (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        int[] text = new int[Batch * Length];
        for (int i = 0; i < text.Length; i++)
            text[i] = random.Next(1, Classes);
        Tensor logits = Upload(device, x, ElementType.Float32, new Shape(Frames, Batch, Classes));
        Tensor lengths = Upload(device, [.. Enumerable.Repeat(Frames, Batch)], ElementType.Int32, new Shape(Batch));
        Tensor labels = Upload(device, text, ElementType.Int32, new Shape(text.Length));
        Tensor offsets = Upload(device, [.. Enumerable.Range(0, Batch + 1).Select(b => b * Length)], ElementType.Int32, new Shape(Batch + 1));
        Tensor losses = device.Allocate(ElementType.Float32, new Shape(Batch));
        Tensor gradient = device.Allocate(ElementType.Float32, new Shape(Frames, Batch, Classes));
        for (int i = -10; i < repeats; i++)
        {
            if (i >= 0 && i % 20 == 0)
                Machine.WaitUntilIdle(TimeSpan.FromSeconds(2));
            long start = Stopwatch.GetTimestamp();
            device.CtcLoss(logits, lengths, labels, offsets, 0, losses, gradient, 1f / Batch);
            if (i >= 0)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static Tensor Upload<T>(CpuDevice device, T[] values, ElementType type, Shape shape)
        where T : unmanaged
    {
        Tensor tensor = device.Allocate(type, shape);
        device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return tensor;
    }

    private static void MeasurePeer(string python, string script, int threads, Dictionary<(string, int), double> times)
    {
        ProcessStartInfo start = new(python) { RedirectStandardOutput = true };
        foreach (object argument in new object[] { script, "--threads", threads, "--T", Frames, "--B", Batch, "--S", Length, "--C", Classes })
            start.ArgumentList.Add($"{argument}");
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{python} did not start.");
        while (process.StandardOutput.ReadLine() is { } line)
        {
            using JsonDocument row = JsonDocument.Parse(line);
            (string, int) key = (row.RootElement.GetProperty("what").GetString()!, threads);
            times[key] = Math.Min(times.GetValueOrDefault(key, double.PositiveInfinity), row.RootElement.GetProperty("ms_min").GetDouble());
        }

        process.WaitForExit();
    }
}
