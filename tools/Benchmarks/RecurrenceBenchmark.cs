using System.Diagnostics;
using System.Text.Json;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// A bidirectional recurrent layer: forwards (the input's product for both directions, the recurrence, the sum) and, for
/// training, backwards with all gradients. Options: --cells rnn,lstm,gru --hidden 512,1024 --batch 1,16 --frames 500 --threads 2 --seconds 1 --train
/// --peer FOLDER (with torch_deepspeech.py, whose forward times are taken beside each of ours). On a busy machine --threads 1 --cpu, which counts
/// the processor's time rather than the clock's, and few frames with many repeats give steadier figures.
/// </summary>
internal static class RecurrenceBenchmark
{
    public static int Run(string[] args)
    {
        int threads = int.Parse(Option(args, "--threads", "2"));
        int frames = int.Parse(Option(args, "--frames", "500"));
        double seconds = double.Parse(Option(args, "--seconds", "1"));
        string peer = Option(args, "--peer", "");
        bool train = args.Contains("--train"), cpu = args.Contains("--cpu");
        string[] cells = Option(args, "--cells", "rnn,lstm,gru").Split(',');
        int[] hiddens = Array.ConvertAll(Option(args, "--hidden", "512,1024").Split(','), int.Parse);
        int[] batches = Array.ConvertAll(Option(args, "--batch", "1,16").Split(','), int.Parse);
        Console.WriteLine($"{"cell",-6}{"H",6}{"batch",6}  {"recurrence ms",14}{"layer ms",10}{"GFLOP/s",9}{"backward ms",13}{"peer ms",10}{"ratio",7}");
        foreach (string name in cells)
        {
            foreach (int hidden in hiddens)
            {
                Dictionary<int, double> peers = peer.Length > 0 ? Peer(peer, name, hidden, frames, threads, batches.Max()) : [];
                foreach (int batch in batches)
                    Measure(name, hidden, batch, frames, threads, seconds, cpu, train, peers.GetValueOrDefault(batch));
            }
        }

        return 0;
    }

    private static void Measure(string name, int hidden, int batch, int frames, int threads, double seconds, bool cpu, bool train, double peer)
    {
        CellKind cell = name switch
        {
            "rnn" => CellKind.ClippedRelu,
            "tanh" => CellKind.Tanh,
            "gru" => CellKind.GruResetAfter,
            "gru-before" => CellKind.GruResetBefore,
            "lstm" => CellKind.Lstm,
            "lstm-peephole" => CellKind.LstmPeephole,
            _ => throw new ArgumentException($"--cells: {name} is none of rnn, tanh, gru, gru-before, lstm, lstm-peephole."),
        };
        using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
        Random random = new(1);
        int columns = cell.Gates() * hidden;
        Shape states = new(frames, batch, hidden);
        Tensor lengths = device.Allocate(ElementType.Int32, new Shape(batch));
        int[] all = new int[batch];
        Array.Fill(all, frames);
        device.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(all.AsSpan()), lengths);
        Tensor Random(Shape shape, float spread, bool parameter = false)
        {
            float[] values = new float[shape.Count];
            for (int i = 0; i < values.Length; i++)
                values[i] = spread * ((2 * random.NextSingle()) - 1);
            Tensor tensor = device.Allocate(ElementType.Float32, shape);
            device.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()), tensor);
            tensor.IsParameter = parameter;
            return tensor;
        }

        float spread = 1 / MathF.Sqrt(hidden);
        Tensor x = Random(states, 1), dx = Random(states, 0), y = Random(states, 0), dy = Random(states, 1e-3f);
        Tensor[] weights = [Random(new Shape(columns, hidden), spread, true), Random(new Shape(columns, hidden), spread, true)];
        Tensor[] weightGradients = [Random(new Shape(columns, hidden), 0), Random(new Shape(columns, hidden), 0)];
        RecurrentDirection[] directions = new RecurrentDirection[2];
        for (int d = 0; d < 2; d++)
        {
            directions[d] = new RecurrentDirection
            {
                Reverse = d == 1,
                Gates = Random(states.WithColumns(columns), 1),
                Weight = Random(new Shape(columns, hidden), spread, true),
                Bias = cell == CellKind.GruResetAfter ? Random(new Shape(columns), spread) : null,
                Peephole = cell == CellKind.LstmPeephole ? Random(new Shape(3, hidden), spread) : null,
                Hidden = Random(states, 0),
                Cell = cell.HasCellState() ? Random(states, 0) : null,
                Kept = Random(states, 0),
                HiddenGradient = dy,
                WeightGradient = Random(new Shape(columns, hidden), 0),
                BiasGradient = cell == CellKind.GruResetAfter ? Random(new Shape(columns), 0) : null,
                PeepholeGradient = cell == CellKind.LstmPeephole ? Random(new Shape(3, hidden), 0) : null,
            };
        }

        void Project()
        {
            for (int d = 0; d < 2; d++)
                device.MatMul(x, false, weights[d], true, directions[d].Gates);
        }

        double recurrence = Minimum(seconds, cpu, Project, () => device.RecurrentForward(cell, lengths, directions, training: false));
        double layer = Minimum(seconds, cpu, () => { }, () =>
        {
            Project();
            device.RecurrentForward(cell, lengths, directions, training: false);
            device.Add(directions[0].Hidden, directions[1].Hidden, y);
        });
        void Forward()
        {
            Project();
            device.RecurrentForward(cell, lengths, directions, training: true);
        }

        double backward = !train ? 0 : Minimum(seconds, cpu, Forward, () =>
        {
            device.RecurrentBackward(cell, lengths, directions);
            for (int d = 0; d < 2; d++)
            {
                device.MatMul(directions[d].Gates, false, weights[d], false, dx, accumulate: d > 0);
                device.MatMul(directions[d].Gates, true, x, false, weightGradients[d]);
            }
        });
        double flops = 2.0 * 4 * cell.Gates() * hidden * hidden * frames * batch;
        Console.WriteLine(
            $"{name,-6}{hidden,6}{batch,6}  {recurrence * 1e3,14:F1}{layer * 1e3,10:F1}{flops / layer / 1e9,9:F0}" +
            $"{(train ? (backward * 1e3).ToString("F1") : "-"),13}{(peer > 0 ? (peer * 1e3).ToString("F1") : "-"),10}{(peer > 0 ? (peer / layer).ToString("F2") : "-"),7}");
    }

    /// <summary>The least of many times, each after an untimed preparation.</summary>
    private static double Minimum(double seconds, bool cpu, Action prepare, Action run)
    {
        double least = double.MaxValue;
        Stopwatch budget = Stopwatch.StartNew();
        for (int i = 0; i < 4 || budget.Elapsed.TotalSeconds < seconds; i++)
        {
            prepare();
            TimeSpan used = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            run();
            TimeSpan taken = cpu ? Environment.CpuUsage.TotalTime - used : Stopwatch.GetElapsedTime(start);
            if (i > 0)
                least = Math.Min(least, taken.TotalSeconds);
        }

        return least;
    }

    /// <summary>PyTorch's forward times by batch, in the settings that make it fastest; none where it cannot be started.</summary>
    private static Dictionary<int, double> Peer(string folder, string cell, int hidden, int frames, int threads, int batch)
    {
        Dictionary<int, double> times = [];
        string script = Path.Combine(folder, "torch_deepspeech.py");
        if (cell is not ("rnn" or "lstm" or "gru") || !File.Exists(script) || !File.Exists("/usr/bin/python3"))
            return times;
        ProcessStartInfo start = new("/usr/bin/python3") { RedirectStandardOutput = true };
        foreach (string argument in new[] { script, "--what", "rnn", "--cell", cell, "--H", $"{hidden}", "--T", $"{frames}", "--threads", $"{threads}", "--batch", $"{batch}", "--reps", "4", "--quiet", "0" })
            start.ArgumentList.Add(argument);
        start.Environment["LD_LIBRARY_PATH"] = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
        start.Environment["OPENBLAS_CORETYPE"] = "COOPERLAKE";
        start.Environment["ATEN_CPU_CAPABILITY"] = "avx512";
        using Process process = Process.Start(start)!;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.GetProperty("what").GetString() == "recurrent layer forward")
                times[root.GetProperty("batch").GetInt32()] = root.GetProperty("s_min").GetDouble();
        }

        process.WaitForExit();
        return times;
    }

    private static string Option(string[] args, string name, string otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at < 0 ? otherwise : at + 1 < args.Length ? args[at + 1] : throw new ArgumentException($"{name} needs a value.");
    }
}
