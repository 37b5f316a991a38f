using System.Diagnostics;
using System.Globalization;
using DeepSpeechNet.Cli.Commands;
using DeepSpeechNet.Language.Correction;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>Counts what a corrector puts right and what it spoils, on pairs of wrong and right texts.</summary>
internal sealed class CorrectionEvaluator(SpellingCorrector corrector, CommandConsole console)
{
    /// <summary>Corrects all wrong texts and writes a table; false where there were none.</summary>
    public bool Run(string[] files, string part, int most, CancellationToken cancellationToken)
    {
        List<SpellingPair> pairs = [];
        foreach (string file in files)
        {
            using StreamReader reader = TextArguments.Open(file, console);
            pairs.AddRange(SpellingPairs.Read(reader, file).Where(p => IsIn(p, part)));
        }

        if (most > 0 && pairs.Count > most)
            pairs = [.. Enumerable.Range(0, most).Select(i => pairs[(int)((long)i * pairs.Count / most)])];
        if (pairs.Count == 0)
        {
            console.Say($"There is no pair in {string.Join(", ", files)} (part: {part}).");
            return false;
        }

        CorrectionReport report = new();
        double[] times = new double[pairs.Count];
        TimeSpan before = Environment.CpuUsage.TotalTime;
        using (ProgressLine progress = new(console, TimeProvider.System))
        {
            for (int i = 0; i < pairs.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long start = Stopwatch.GetTimestamp();
                Correction correction = corrector.Correct(pairs[i].Wrong);
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                report.Add(pairs[i], correction);
                int done = i + 1;
                progress.Show(elapsed => $"{done} of {pairs.Count} pairs, {elapsed * ((double)(pairs.Count - done) / done):hh\\:mm\\:ss} left");
            }
        }

        Write(report, times, (Environment.CpuUsage.TotalTime - before) / pairs.Count);
        return true;
    }

    private static bool IsIn(SpellingPair pair, string part) => part switch
    {
        "train" => SpellingPairs.Part(pair) < 8,
        "dev" => SpellingPairs.Part(pair) == 8,
        "test" => SpellingPairs.Part(pair) == 9,
        _ => true,
    };

    private void Write(CorrectionReport report, double[] times, TimeSpan processor)
    {
        TextTable table = new("source", "wrong", "first right", $"of {corrector.Options.Alternatives} right", "sound", "spoilt", "false alarms", "WER before", "after");
        foreach ((string source, CorrectionTally tally) in report.Sources)
            table.Add(Row(source, tally));
        if (report.Sources.Count > 1)
            table.Add(Row("all", report.Total));
        table.Write(console.Out);
        Array.Sort(times);
        console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"milliseconds a text: median {times[times.Length / 2]:0.0}, 95% below {times[(int)(times.Length * 0.95)]:0.0}, most {times[^1]:0.0}; of the processor, {processor.TotalMilliseconds:0.0} on average"));
    }

    private static string[] Row(string name, CorrectionTally t) =>
    [
        name, $"{t.Damaged}", Percent(t.First, t.Damaged), Percent(t.Among, t.Damaged), $"{t.Sound}", Percent(t.Spoilt, t.Sound),
        Percent(t.FalseAlarms.Errors, t.FalseAlarms.ReferenceLength), Percent(t.Before.Errors, t.Before.ReferenceLength), Percent(t.After.Errors, t.After.ReferenceLength),
    ];

    private static string Percent(long part, long whole) => whole == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.00}%");
}
