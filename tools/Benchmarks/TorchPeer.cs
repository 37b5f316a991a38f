using System.Diagnostics;
using System.Text.Json;

namespace DeepSpeechNet.Benchmarks;

/// <summary>Starts the scripts that time the same work in PyTorch, with the settings that make it fast; they print a JSON object a line.</summary>
internal static class TorchPeer
{
    /// <summary>Forward passes and the training step of the Deep Speech network: seconds by the name that our own benchmark uses.</summary>
    public static Dictionary<string, double> Network(string folder, string cell, int hidden, int batch, int time, int inputs, int repeats, int threads)
    {
        Dictionary<string, double> seconds = new(StringComparer.Ordinal);
        string[] arguments =
        [
            Path.Combine(folder, "torch_deepspeech.py"), "--cell", cell, "--H", $"{hidden}", "--batch", $"{batch}", "--T", $"{time}", "--inp", $"{inputs}", "--reps", $"{repeats}",
            "--threads", $"{threads}", "--quiet", "0", "--what", "infer1,infer,train",
        ];
        foreach (JsonElement line in Run(arguments))
        {
            string? what = line.GetProperty("what").GetString();
            if (what is "forward" or "training step")
                seconds[$"{what} batch {line.GetProperty("batch").GetInt32()}"] = line.GetProperty("s_min").GetDouble();
        }

        return seconds;
    }

    /// <summary>Runs a script with the system's Python; its lines as JSON.</summary>
    public static IEnumerable<JsonElement> Run(IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("/usr/bin/python3", arguments) { RedirectStandardOutput = true };
        start.Environment["LD_LIBRARY_PATH"] = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
        start.Environment["OPENBLAS_CORETYPE"] = "COOPERLAKE";
        start.Environment["ATEN_CPU_CAPABILITY"] = "avx512";

        // The scripts would wait for a quiet moment before each repeat; we do not.
        start.Environment["QUIET_S"] = "0";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("python3 could not be started.");
        while (process.StandardOutput.ReadLine() is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }

        process.WaitForExit();
    }
}
