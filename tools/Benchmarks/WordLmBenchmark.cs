using System.Diagnostics;
using System.Text.Json;
using DeepSpeechNet.Engine.Devices.Cpu;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// Training of a word language model (embedding, two LSTM layers with carried state, output, clipping, SGD) on random words: time per word for each size of
/// vocabulary and kind of output; with <c>--peer DIR</c> the same with a full softmax in PyTorch, in turn.
/// usage: wordlm [--hidden 650] [--layers 2] [--vocabulary 10000,50000,200000] [--outputs full,sampled,classes,huffman] [--samples 1000] [--batch 20]
/// [--window 35] [--repeats 10] [--rounds 3] [--threads 2] [--peer DIR]
/// </summary>
internal static class WordLmBenchmark
{
    public static int Run(string[] args)
    {
        Arguments arguments = new(args);
        int repeats = arguments.Integer("--repeats", 10), threads = arguments.Integer("--threads", 2), rounds = arguments.Integer("--rounds", 3);
        foreach (string vocabulary in arguments.Text("--vocabulary", "10000").Split(','))
        {
            foreach (string output in arguments.Text("--outputs", "full").Split(','))
            {
                WordLmSetup setup = new()
                {
                    Hidden = arguments.Integer("--hidden", 650),
                    Layers = arguments.Integer("--layers", 2),
                    Vocabulary = int.Parse(vocabulary),
                    Output = output,
                    Samples = arguments.Integer("--samples", 1000),
                    Batch = arguments.Integer("--batch", 20),
                    Window = arguments.Integer("--window", 35),
                };
                Measure(setup, repeats, rounds, threads, arguments.Has("--peer") && output == "full" ? arguments.Text("--peer", "") : null);
            }
        }

        return 0;
    }

    private static void Measure(WordLmSetup setup, int repeats, int rounds, int threads, string? peer)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
        using WordLm model = new(device, setup);
        double words = setup.Window * setup.Batch, ours = double.MaxValue, processor = double.MaxValue, theirs = double.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < 2; i++)
                model.Step();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < repeats; i++)
            {
                long start = Stopwatch.GetTimestamp();
                model.Step();
                ours = Math.Min(ours, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - before).TotalSeconds / repeats);
            if (peer is not null)
                theirs = Math.Min(theirs, Peer(peer, setup, repeats, threads));
        }

        string rate = setup.Output == "full" ? $", {setup.MultiplyAdds * 2e-9 / ours:F0} GFLOP/s" : "";
        Console.WriteLine(
            $"{setup}, {threads} threads: {1000 * ours:F1} ms a step ({1000 * processor:F1} ms of processor time), {1e6 * ours / words:F0} us a word, {words / ours:F0} words/s{rate}");
        if (peer is not null)
            Console.WriteLine($"    PyTorch: {1000 * theirs:F1} ms a step, {words / theirs:F0} words/s: {theirs / ours:F2} x");
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
