using System.Text.Json;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// <c>dsn transcribe</c> of minutes of clips, start of the program included: real-time factor. Options: --clips FOLDER (audio-samples, over and over)
/// --minutes 10 --model DIR --threads 2 --repeats 5 --dsn PATH (a published program; without it one is published first).
/// </summary>
internal static class TranscribeBenchmark
{
    public static int Run(string[] args)
    {
        string repository = PublishedProgram.Repository();
        string clips = Option(args, "--clips", Path.Combine(repository, "audio-samples"));
        string model = Option(args, "--model", Path.Combine(repository, "models", "commands"));
        double minutes = double.Parse(Option(args, "--minutes", "10"));
        int repeats = int.Parse(Option(args, "--repeats", "5"));
        PublishedProgram dsn = PublishedProgram.Find(args, repository);
        string[] options = ["transcribe", "--model", model, "--threads", Option(args, "--threads", "2"), "--format", "jsonl"];

        string[] files = [.. Directory.EnumerateFiles(clips, "*.*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".wav" or ".flac" or ".ogg").Order(StringComparer.Ordinal)];
        double once = Seconds(dsn.Run([.. options, .. files]).Output);
        List<string> all = [];
        while (all.Count * once / files.Length < 60 * minutes)
            all.AddRange(files);

        List<double> whole = [];
        double seconds = 0;
        for (int i = 0; i < repeats; i++)
        {
            (_, double wall, string output) = dsn.Run([.. options, .. all]);
            seconds = Seconds(output);
            whole.Add(wall);
        }

        whole.Sort();
        Console.WriteLine($"{all.Count} clips, {seconds / 60:F2} minutes, {repeats} runs");
        Console.WriteLine($"real-time factor     least {whole[0] / seconds:F5}   median {whole[repeats / 2] / seconds:F5}");
        Console.WriteLine($"wall seconds         least {whole[0]:F3}   median {whole[repeats / 2]:F3}");
        return 0;
    }

    private static double Seconds(string lines)
    {
        double seconds = 0;
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            seconds += document.RootElement.GetProperty("duration").GetDouble();
        }

        return seconds;
    }

    internal static string Option(string[] args, string name, string otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at < 0 ? otherwise : at + 1 < args.Length ? args[at + 1] : throw new ArgumentException($"{name} needs a value.");
    }
}
