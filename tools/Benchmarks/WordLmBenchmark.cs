using System.Diagnostics;
using System.Text.Json;
using DeepSpeechNet.Engine.Devices.Cpu;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// Training of a word language model (embedding, two LSTM layers with carried state, softmax, clipping, SGD) on random words; with <c>--peer DIR</c> the same
/// in PyTorch, in turn.
/// usage: wordlm [--hidden 650] [--layers 2] [--vocabulary 10000] [--batch 20] [--window 35] [--repeats 10] [--rounds 3] [--threads 2] [--peer DIR]
/// </summary>
internal static class WordLmBenchmark
{
    public static int Run(string[] args)
    {
        Arguments arguments = new(args);
        WordLmSetup setup = new()
        {
            Hidden = arguments.Integer("--hidden", 650),
            Layers = arguments.Integer("--layers", 2),
            Vocabulary = arguments.Integer("--vocabulary", 10000),
            Batch = arguments.Integer("--batch", 20),
            Window = arguments.Integer("--window", 35),
        };
        int repeats = arguments.Integer("--repeats", 10), threads = arguments.Integer("--threads", 2), rounds = arguments.Integer("--rounds", 3);
        using CpuDevice cpu = new(new CpuDeviceOptions { Threads = threads });
        using WordLm model = new(cpu, setup);
        double words = setup.Window * setup.Batch, ours = double.MaxValue, theirs = double.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < 2; i++)
                model.Step();
            for (int i = 0; i < repeats; i++)
            {
                long start = Stopwatch.GetTimestamp();
                model.Step();
                ours = Math.Min(ours, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            if (arguments.Has("--peer"))
                theirs = Math.Min(theirs, Peer(arguments.Text("--peer", ""), setup, repeats, threads));
        }

        Console.WriteLine($"{setup}, {threads} threads: {1000 * ours:F1} ms a step, {words / ours:F0} words/s, {setup.MultiplyAdds * 2e-9 / ours:F0} GFLOP/s");
        if (arguments.Has("--peer"))
            Console.WriteLine($"PyTorch: {1000 * theirs:F1} ms a step, {words / theirs:F0} words/s: {theirs / ours:F2} x");
        return 0;
    }

    private static double Peer(string folder, WordLmSetup setup, int repeats, int threads)
    {
        string[] arguments =
        [
            Path.Combine(folder, "torch_wordlm.py"), "--H", $"{setup.Hidden}", "--layers", $"{setup.Layers}", "--vocab", $"{setup.Vocabulary}", "--batch", $"{setup.Batch}",
            "--bptt", $"{setup.Window}", "--steps", $"{repeats}", "--threads", $"{threads}",
        ];
        double seconds = double.MaxValue;
        foreach (JsonElement line in TorchPeer.Run(arguments))
            seconds = line.GetProperty("s_min").GetDouble();
        return seconds;
    }
}
