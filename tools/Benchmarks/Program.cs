using DeepSpeechNet.Benchmarks;

// Each benchmark is one class in this folder; the name on the command line chooses it.
Dictionary<string, Func<string[], int>> benchmarks = new(StringComparer.Ordinal)
{
    ["beam"] = BeamBenchmark.Run,
    ["ngram"] = NGramBenchmark.Run,
    ["network"] = NetworkBenchmark.Run,
    ["recurrence"] = RecurrenceBenchmark.Run,
    ["gemm"] = GemmBenchmark.Run,
    ["figure-logmel"] = LogMelFigure.Run,
    ["logmel"] = LogMelBenchmark.Run,
    ["ctc"] = CtcBenchmark.Run,
    ["live"] = LiveBenchmark.Run,
    ["live-memory"] = LiveMemoryBenchmark.Run,
    ["live-cuts"] = LiveCutsBenchmark.Run,
    ["voice"] = VoiceActivityBenchmark.Run,
    ["transcribe"] = TranscribeBenchmark.Run,
    ["wordlm"] = WordLmBenchmark.Run,
    ["coldstart"] = ColdStartBenchmark.Run,
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out Func<string[], int>? run))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project tools/Benchmarks -- NAME    (one of: {string.Join(", ", benchmarks.Keys.Order())})");
    return 2;
}

Console.WriteLine(Machine.Describe());
return run(args[1..]);
