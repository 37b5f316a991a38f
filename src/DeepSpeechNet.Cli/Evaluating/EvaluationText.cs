using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>An evaluation as plain text.</summary>
internal static class EvaluationText
{
    private const int Examples = 3;

    public static void Write(TextWriter output, Evaluation evaluation, string model)
    {
        EvaluationReport report = evaluation.Report;
        output.WriteLine($"{model}: {report.Total.Utterances} utterances, texts of both sides normalised to the model's alphabet");
        output.WriteLine();
        TextTable corpora = Table("corpus");
        foreach ((string corpus, ErrorTally tally) in report.Corpora)
            Add(corpora, Named(corpus), tally);
        Add(corpora, "all", report.Total);
        corpora.Write(output);

        output.WriteLine();
        TextTable speakers = Table("speaker");
        foreach (((string corpus, string speaker), ErrorTally tally) in report.Speakers)
            Add(speakers, $"{Named(corpus)}/{Named(speaker)}", tally);
        speakers.Write(output);

        WriteExamples(output, "best", report.Best(Examples));
        WriteExamples(output, "median", report.Median(Examples));
        WriteExamples(output, "worst", report.Worst(Examples));
        output.WriteLine();
        if (report.Reliability.Words > 0)
            output.WriteLine($"expected calibration error of {report.Reliability.Words} word confidences: {Rates.Percent(report.Reliability.ExpectedCalibrationError)}");
        output.WriteLine(Speed(evaluation));
    }

    /// <summary>How fast it went, in words.</summary>
    public static string Speed(Evaluation evaluation) =>
        $"{evaluation.Sound.TotalMinutes:F1} minutes of sound in {evaluation.Recognition.TotalSeconds:F1} s: real-time factor {evaluation.RealTimeFactor:F4}";

    /// <summary>A corpus or speaker as tables name it.</summary>
    public static string Named(string name) => name.Length > 0 ? name : "(unnamed)";

    private static TextTable Table(string first) => new(first, "utterances", "correct", "words", "S", "D", "I", "WER", "CER");

    private static void Add(TextTable table, string name, ErrorTally tally) => table.Add(
        name,
        $"{tally.Utterances}",
        $"{tally.CorrectUtterances}",
        $"{tally.Words.ReferenceLength}",
        $"{tally.Words.Substitutions}",
        $"{tally.Words.Deletions}",
        $"{tally.Words.Insertions}",
        Rates.Percent(tally.WordErrorRate),
        Rates.Percent(tally.CharacterErrorRate));

    private static void WriteExamples(TextWriter output, string title, IReadOnlyList<UtteranceScore> utterances)
    {
        output.WriteLine();
        output.WriteLine(title);
        foreach (UtteranceScore utterance in utterances)
        {
            output.WriteLine($"  {utterance.Name}  WER {Rates.Percent(utterance.Words.Rate)}");
            output.WriteLine($"    said        {utterance.Reference}".TrimEnd());
            output.WriteLine($"    recognised  {utterance.Hypothesis}".TrimEnd());
        }
    }
}
