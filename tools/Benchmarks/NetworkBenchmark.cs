using System.Diagnostics;
using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.GpuCheck;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// The whole Deep Speech network: forward pass of one and of sixteen utterances, and a training step (forward, CTC, backward, Adam), T = 500 frames of 494
/// features, texts of 130 letters; with <c>--peer DIR</c> the same in PyTorch, one after the other.
/// usage: network [--cells rnn,lstm,gru] [--hidden 1024] [--batch 16] [--time 500] [--inputs 494] [--repeats 5] [--threads 2] [--peer DIR]
/// </summary>
internal static class NetworkBenchmark
{
    private const int TextLength = 130;

    public static int Run(string[] args)
    {
        Arguments arguments = new(args);
        int hidden = arguments.Integer("--hidden", 1024), batch = arguments.Integer("--batch", 16), time = arguments.Integer("--time", 500);
        int inputs = arguments.Integer("--inputs", 494), repeats = arguments.Integer("--repeats", 5), threads = arguments.Integer("--threads", 2);
        foreach (string cell in arguments.Text("--cells", "rnn,lstm,gru").Split(','))
        {
            Dictionary<string, double> ours = Measure(cell, hidden, batch, time, inputs, repeats, threads);
            Dictionary<string, double> theirs = arguments.Has("--peer")
                ? TorchPeer.Network(arguments.Text("--peer", ""), cell, hidden, batch, time, inputs, repeats, threads)
                : [];
            foreach ((string what, double seconds) in ours)
            {
                string peer = theirs.TryGetValue(what, out double s) ? $", PyTorch {1000 * s,8:F1} ms, {s / seconds:F2} x" : "";
                Console.WriteLine($"{cell,-4} H={hidden} {what,-20} {1000 * seconds,8:F1} ms{peer}");
            }
        }

        return 0;
    }

    private static Dictionary<string, double> Measure(string cell, int hidden, int batch, int time, int inputs, int repeats, int threads)
    {
        CellKind kind = cell switch
        {
            "rnn" => CellKind.ClippedRelu,
            "lstm" => CellKind.Lstm,
            "gru" => CellKind.GruResetAfter,
            _ => throw new ArgumentException($"There is no cell {cell}; take rnn, lstm or gru."),
        };
        using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
        AcousticModelOptions shape = new() { Context = 0, Stride = 1, Hidden = hidden, Cell = kind, Dropout = 0 };
        AcousticModel model = new(device, shape, inputs, TrainingRun.Classes, 1, training: true);
        Dictionary<string, double> result = new(StringComparer.Ordinal);
        foreach (int b in (int[])[1, batch])
        {
            HostBatch host = Batch(time, b, inputs);
            DeviceBatch data = host.Upload(device);
            Tape tape = new(device, recording: false);
            float[] output = new float[time * b * TrainingRun.Classes];
            result[$"forward batch {b}"] = Fastest(repeats, () =>
            {
                Tensor log = LogSoftmax.Apply(tape, model.Logits(tape, data.Tensors[0], data.Tensors[1]));
                device.Download(log, MemoryMarshal.AsBytes(output.AsSpan()));
                tape.Reset();
            });
            data.Release();
        }

        using TrainingRun run = new(device, shape, batch, time, inputs, TextLength, batches: 1, 1e-5f);
        result[$"training step batch {batch}"] = Fastest(repeats, () => run.Step());
        return result;
    }

    private static HostBatch Batch(int time, int batch, int inputs)
    {
        Random random = new(1);
        HostBatch host = new();
        Span<float> frames = host.Floats(host.Reserve(ElementType.Float32, new Shape(time, batch, inputs)));
        foreach (ref float value in frames)
            value = (float)((random.NextDouble() * 2) - 1);
        host.Integers(host.Reserve(ElementType.Int32, new Shape(batch))).Fill(time);
        return host;
    }

    private static double Fastest(int repeats, Action action)
    {
        action();
        action();
        double best = double.MaxValue;
        for (int i = 0; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
