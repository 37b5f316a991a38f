using System.Globalization;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.LoadClient;

// Sends clips to a running server in real time, over as many streams at once as each row of the table says, and prints how long texts take.
//   dotnet run -c Release --project tools/LoadClient -- ws://127.0.0.1:8080/live audio-samples [--streams 1,4,8,16,32] [--seconds 20] [--chunk 160]
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: dsn-load URL FOLDER [--streams 1,4,8,16,32] [--seconds 20] [--chunk 160]");
    return 2;
}

string Option(string name, string otherwise) => Array.IndexOf(args, name) is int at and >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;

int[] levels = [.. Option("--streams", "1,4,8,16,32").Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
TimeSpan length = TimeSpan.FromSeconds(double.Parse(Option("--seconds", "20"), CultureInfo.InvariantCulture));
int chunk = int.Parse(Option("--chunk", "160"), CultureInfo.InvariantCulture);
float[][] clips =
[
    .. Directory.EnumerateFiles(args[1]).Where(f => f.EndsWith(".wav", StringComparison.Ordinal) || f.EndsWith(".flac", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(f => AudioFile.ReadMono(f).Samples),
];
if (clips.Length == 0)
{
    Console.Error.WriteLine($"{args[1]} holds no WAV or FLAC files.");
    return 1;
}

Console.WriteLine($"{clips.Length} clips, chunks of {chunk} ms in real time, {length.TotalSeconds:F0} s a row; milliseconds");
Console.WriteLine("streams  sessions  words   word->partial p50   p99   stop->final p50   p99   late chunks  failed");
await StreamLoad.RunAsync(new Uri(args[0]), clips, 1, TimeSpan.FromSeconds(3), chunk);
foreach (int streams in levels)
{
    LoadResult r = await StreamLoad.RunAsync(new Uri(args[0]), clips, streams, length, chunk);
    Console.WriteLine(
        $"{streams,7}  {r.Sessions,8}  {r.Partials.Count,5}  {r.Partials.Percentile(50),18:F0}  {r.Partials.Percentile(99),4:F0}  {r.Finals.Percentile(50),16:F0}  {r.Finals.Percentile(99),4:F0}  {r.LateChunks,11:P1}  {r.Failed,6}");
}

return 0;
