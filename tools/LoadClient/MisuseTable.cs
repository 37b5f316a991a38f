using System.Globalization;
using System.Net;
using System.Text.Json;

namespace DeepSpeechNet.LoadClient;

/// <summary>Well-behaved streams beside one kind of misuse after the other: what the misuse is told, what it does to the streams, and what stays behind.</summary>
internal static class MisuseTable
{
    public static async Task RunAsync(Arguments arguments, float[][] clips)
    {
        int streams = arguments.Number("--streams", 8), chunk = arguments.Number("--chunk", 160), server = arguments.Number("--pid", 0);
        TimeSpan length = TimeSpan.FromSeconds(arguments.Number("--seconds", 12));
        string[] only = arguments.Text("--only", "").Split(',');
        using Attacker attacker = new(arguments.Address, IPAddress.Parse(arguments.Text("--from", "127.0.0.2")));
        Console.WriteLine($"{streams} streams, chunks of {chunk} ms in real time, {length.TotalSeconds:F0} s a row; milliseconds");
        Console.WriteLine($"{"misuse",-20} sound->text p50   p99  of quiet  stop->final p99  failed  sessions after  memory MB  answers to the misuse");
        await StreamLoad.RunAsync(arguments.Address, clips, streams, TimeSpan.FromSeconds(6), chunk);
        double quiet = await RowAsync(new Misuse("none", 0, (_, _) => Task.FromResult("")), double.NaN);
        foreach (Misuse misuse in Misuses.All(clips).Where(m => Array.Exists(only, part => m.Name.Contains(part, StringComparison.Ordinal))))
            await RowAsync(misuse, quiet);

        async Task<double> RowAsync(Misuse misuse, double before)
        {
            using CancellationTokenSource stop = new();
            Task<SortedDictionary<string, int>> answers = misuse.RunAsync(attacker, stop.Token);
            LoadResult r = await StreamLoad.RunAsync(arguments.Address, clips, streams, length, chunk);
            await stop.CancelAsync();
            string told = string.Join(", ", (await answers).Select(a => $"{a.Key} x {a.Value}"));
            double p99 = r.Texts.Percentile(99);
            Console.WriteLine(
                $"{misuse.Name,-20} {r.Texts.Percentile(50),17:F0}  {p99,4:F0}  {p99 / before,8:F2}  {r.Finals.Percentile(99),15:F0}  {r.Failed,6}  {await SessionsAsync(attacker),14}  {Memory(server),9}  {told}");
            return p99;
        }
    }

    /// <summary>Sessions open a moment after the last stream has ended: what the misuse has left behind.</summary>
    private static async Task<int> SessionsAsync(Attacker attacker)
    {
        using HttpClient http = new();
        int sessions = 0;
        for (int tries = 0; tries < 20; tries++)
        {
            sessions = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(new Uri(attacker.Http, "/health"))).GetProperty("sessions").GetInt32();
            if (sessions == 0)
                break;
            await Task.Delay(100);
        }

        return sessions;
    }

    private static string Memory(int process)
    {
        const string Mark = "VmRSS:";
        if (process == 0)
            return "";
        string line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(Mark, StringComparison.Ordinal));
        return (long.Parse(line[Mark.Length..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture) / 1024).ToString(CultureInfo.InvariantCulture);
    }
}
