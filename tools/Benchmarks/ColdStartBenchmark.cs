using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// A new process to the first text of a clip of five seconds (files in the system's cache, nothing else kept). Options: --clip FILE (a shipped sample, repeated
/// or cut to five seconds) --model DIR --repeats 20 --dsn PATH (a published program; without it one is published first).
/// </summary>
internal static class ColdStartBenchmark
{
    private const int Rate = 16000, Seconds = 5;

    public static int Run(string[] args)
    {
        string repository = PublishedProgram.Repository();
        string model = TranscribeBenchmark.Option(args, "--model", Path.Combine(repository, "models", "commands"));
        string source = TranscribeBenchmark.Option(args, "--clip", Path.Combine(repository, "audio-samples", "01-latte.wav"));
        int repeats = int.Parse(TranscribeBenchmark.Option(args, "--repeats", "20"));
        PublishedProgram dsn = PublishedProgram.Find(args, repository);
        string clip = Path.Combine(Path.GetTempPath(), "dsn-coldstart.wav");
        float[] sound = AudioFile.ReadMono(source, Rate).Samples, five = new float[Rate * Seconds];
        for (int i = 0; i < five.Length; i++)
            five[i] = sound[i % sound.Length];
        using (FileStream stream = File.Create(clip))
        using (WavWriter writer = new(stream, Rate))
            writer.Write(five);

        List<double> first = [], whole = [];
        string text = "";
        for (int i = 0; i < repeats; i++)
        {
            (double begin, double wall, text) = dsn.Run("transcribe", "--model", model, clip);
            first.Add(begin);
            whole.Add(wall);
        }

        File.Delete(clip);
        Console.WriteLine($"{repeats} starts; text: {text.Trim()}");
        foreach ((string name, List<double> times) in new[] { ("first text", first), ("end of the process", whole) })
        {
            times.Sort();
            Console.WriteLine($"{name,-20} least {times[0]:F3} s   median {times[repeats / 2]:F3} s");
        }

        return 0;
    }
}
