using System.Globalization;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.LoadClient;

// Sends clips to a running server in real time, over as many streams at once as each row of the table says, and prints how long texts take.
//   dotnet run -c Release --project tools/LoadClient -- ws://127.0.0.1:8080/live audio-samples [--streams 1,4,8,16,32] [--seconds 20] [--chunk 160] [--longest]
// With --misuse, as many streams as --streams says (8) run beside one kind of misuse after the other, from another address; --pid tells the server's memory.
//   dotnet run -c Release --project tools/LoadClient -- ws://127.0.0.1:8080/live audio-samples --misuse [--streams 8] [--seconds 12] [--pid N] [--only NAME,NAME]
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: dsn-load URL FOLDER [--streams 1,4,8,16,32] [--seconds 20] [--chunk 160] [--misuse [--pid N] [--only NAME,NAME]]");
    return 2;
}

Arguments arguments = new(args);
float[][] clips =
[
    .. Directory.EnumerateFiles(arguments.Folder).Where(f => f.EndsWith(".wav", StringComparison.Ordinal) || f.EndsWith(".flac", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(f => AudioFile.ReadMono(f).Samples),
];
if (clips.Length == 0)
{
    Console.Error.WriteLine($"{arguments.Folder} holds no WAV or FLAC files.");
    return 1;
}

if (arguments.Has("--misuse"))
{
    await MisuseTable.RunAsync(arguments, clips);
    return 0;
}

TimeSpan length = TimeSpan.FromSeconds(arguments.Number("--seconds", 20));
int chunk = arguments.Number("--chunk", 160);
Console.WriteLine($"{clips.Length} clips, chunks of {chunk} ms in real time, {length.TotalSeconds:F0} s a row; milliseconds");
Console.WriteLine("streams  sessions  words   sound->text p50   p99   word->shown p50   p95   p99   word->right p50   p95   p99   stop->final p50   p99   late chunks  failed");
await StreamLoad.RunAsync(arguments.Address, clips, 1, TimeSpan.FromSeconds(3), chunk);
foreach (string level in arguments.Text("--streams", "1,4,8,16,32").Split(','))
{
    LoadResult r = await StreamLoad.RunAsync(arguments.Address, clips, int.Parse(level, CultureInfo.InvariantCulture), length, chunk);
    Console.WriteLine(
        $"{level,7}  {r.Sessions,8}  {r.Words.Count,5}  {r.Texts.Percentile(50),16:F0}  {r.Texts.Percentile(99),4:F0}  {Words(r.Words)}  {Words(r.RightWords)}  {r.Finals.Percentile(50),16:F0}  {r.Finals.Percentile(99),4:F0}  {r.LateChunks,11:P1}  {r.Failed,6}");
    if (r.Failed > 0)
        Console.WriteLine($"         {r.Failures}");
    if (arguments.Has("--longest"))
        Console.WriteLine("         " + string.Join(", ", r.Words.Longest(12).Select(w => $"{w.Of} {w.Milliseconds:F0}")));
}

return 0;

static string Words(Latencies l) => $"{l.Percentile(50),16:F0}  {l.Percentile(95),4:F0}  {l.Percentile(99),4:F0}";
