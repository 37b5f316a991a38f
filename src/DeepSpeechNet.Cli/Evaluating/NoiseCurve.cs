using System.Globalization;
using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>Word error rates of the same recordings clean and in noise, a row for each corpus and a column for each level.</summary>
internal static class NoiseCurve
{
    /// <summary>Writes the table.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="clean">The recordings as they are.</param>
    /// <param name="noisy">The same with noise: the signal-to-noise ratio in decibels, and the errors.</param>
    public static void Write(TextWriter output, EvaluationReport clean, IReadOnlyList<(double Decibels, EvaluationReport Report)> noisy)
    {
        TextTable table = new(["WER", "words", "clean", .. noisy.Select(level => $"{level.Decibels.ToString(CultureInfo.InvariantCulture)} dB")]);
        foreach (string corpus in clean.Corpora.Keys)
            Add(EvaluationText.Named(corpus), report => report.Corpora.GetValueOrDefault(corpus));
        Add("all", report => report.Total);
        if (clean.Total.Words.Errors > 0)
            table.Add(["times the clean errors", "", "1.00", .. noisy.Select(level => (level.Report.Total.WordErrorRate / clean.Total.WordErrorRate).ToString("F2", CultureInfo.InvariantCulture))]);
        table.Write(output);

        void Add(string name, Func<EvaluationReport, ErrorTally> tally) => table.Add(
            [name, $"{tally(clean).Words.ReferenceLength}", Rates.Percent(tally(clean).WordErrorRate), .. noisy.Select(level => Rates.Percent(tally(level.Report).WordErrorRate))]);
    }
}
