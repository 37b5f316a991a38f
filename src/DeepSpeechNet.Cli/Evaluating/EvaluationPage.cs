using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech.Pages;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>
/// An evaluation as one HTML page that needs nothing else: totals, corpora and speakers with the uncertainty of their rates, how far
/// confidences can be trusted, errors by length, the words that go wrong, and utterances word by word.
/// </summary>
internal static class EvaluationPage
{
    private const int WorstUtterances = 50, OtherUtterances = 10, Speakers = 200;

    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter output, Evaluation evaluation, string model)
    {
        string style = HtmlPage.SharedStyle + HtmlPage.Resource(typeof(EvaluationPage).Assembly, "evaluation.css");
        HtmlPage.Write(output, $"Evaluation of {model}", style, "", body => WriteBody(body, evaluation, model));
    }

    private static void WriteBody(TextWriter output, Evaluation evaluation, string model)
    {
        EvaluationReport report = evaluation.Report;
        output.Write("<main>\n<header class=\"masthead\">\n<p class=\"kicker\">DeepSpeechNet <span>evaluate</span></p>\n");
        output.Write($"<h1>{Text(model)}</h1>\n<p class=\"facts\"><span>{report.Total.Utterances:N0} utterances</span> <span>{Text(EvaluationText.Speed(evaluation))}</span></p>\n</header>\n");
        WriteTotals(output, report);
        WriteGroups(output, report);
        WriteCharts(output, report);
        EvaluationLists.WriteConfusions(output, WordConfusions.Of(report.Utterances));
        EvaluationLists.WriteUtterances(output, "Worst utterances", [.. report.Worst(WorstUtterances).Where(u => u.Words.Errors > 0)], open: true);
        EvaluationLists.WriteUtterances(output, "Utterances in the middle", report.Median(OtherUtterances), open: false);
        EvaluationLists.WriteUtterances(output, "Best utterances", report.Best(OtherUtterances), open: false);
        output.Write("""
            <footer>
            <h2>How to read this</h2>
            <div class="columns">
            <p>Texts of both sides are normalised to the model's alphabet. A word error is a word substituted (S), deleted (D) or inserted (I); the word error rate is their sum by the words
            that were said, so insertions can push it above 100 %. The character error rate counts characters the same way.</p>
            <p>Lines beside a rate span where the true rate lies with 95 % confidence: from 20 utterances on by drawing utterances anew a thousand times (bootstrap; five of them must have errors),
            below that by Wilson's interval.</p>
            <p>A confidence is calibrated where the bars end at the dotted line. The expected calibration error is the mean distance between confidence and accuracy over ten intervals,
            weighted by their words; a word is right where the alignment of both texts matches it.</p>
            </div>
            </footer>
            </main>

            """);
    }

    private static void WriteTotals(TextWriter output, EvaluationReport report)
    {
        ErrorTally all = report.Total;
        RateInterval interval = RateInterval.OfWordErrors([.. report.Utterances.Select(u => u.Words)]);
        output.Write("<section class=\"totals\" aria-label=\"Totals\">\n");
        Figure(output, Rates.Percent(all.WordErrorRate), "word error rate", $"{Span(interval)}; {all.Words.Errors:N0} errors in {all.Words.ReferenceLength:N0} words");
        Figure(output, Rates.Percent(all.CharacterErrorRate), "character error rate", $"{all.Characters.Errors:N0} errors in {all.Characters.ReferenceLength:N0} characters");
        Figure(output, Rates.Percent(all.CorrectUtterances / (double)all.Utterances), "utterances without an error", $"{all.CorrectUtterances:N0} of {all.Utterances:N0}");
        if (report.Reliability.Words > 0)
            Figure(output, Rates.Percent(report.Reliability.ExpectedCalibrationError), "expected calibration error", $"of {report.Reliability.Words:N0} word confidences");
        output.Write("</section>\n");
    }

    private static void Figure(TextWriter output, string value, string name, string note) =>
        output.Write($"<div class=\"figure\"><p class=\"value\">{value}</p><p class=\"name\">{name}</p><p class=\"note\">{note}</p></div>\n");

    private static void WriteGroups(TextWriter output, EvaluationReport report)
    {
        ILookup<string, EditCounts> byCorpus = report.Utterances.ToLookup(u => u.Corpus, u => u.Words);
        (string Name, ErrorTally Tally, RateInterval Interval)[] corpora = [.. report.Corpora.Select(c => (EvaluationText.Named(c.Key), c.Value, RateInterval.OfWordErrors([.. byCorpus[c.Key]])))];
        RateInterval whole = RateInterval.OfWordErrors([.. report.Utterances.Select(u => u.Words)]);
        output.Write("<section>\n<h2>Corpora</h2>\n");
        WriteTable(output, "corpus", [.. corpora, ("all", report.Total, whole)], lastIsTotal: true);
        output.Write("</section>\n");

        ILookup<(string, string), EditCounts> bySpeaker = report.Utterances.ToLookup(u => (u.Corpus, u.Speaker), u => u.Words);
        (string Name, ErrorTally Tally, RateInterval Interval)[] speakers = [.. report.Speakers
            .Select(s => (Name: $"{EvaluationText.Named(s.Key.Corpus)}/{EvaluationText.Named(s.Key.Speaker)}", s.Value, Interval: RateInterval.OfWordErrors([.. bySpeaker[s.Key]])))
            .OrderByDescending(s => s.Interval.Low)
            .ThenByDescending(s => s.Value.WordErrorRate)
            .Take(Speakers)];
        string some = report.Speakers.Count > Speakers ? $"The {Speakers} hardest of {report.Speakers.Count:N0}, by" : "By";
        output.Write($"<section>\n<h2>Speakers</h2>\n<p class=\"lead\">{some} the lower end of the interval: first those who are hard for certain.</p>\n");
        WriteTable(output, "speaker", speakers, lastIsTotal: false);
        output.Write("</section>\n");
    }

    private static void WriteTable(TextWriter output, string first, (string Name, ErrorTally Tally, RateInterval Interval)[] rows, bool lastIsTotal)
    {
        double widest = Math.Min(1, rows.Select(r => Math.Max(r.Interval.High, r.Tally.WordErrorRate)).Where(double.IsFinite).DefaultIfEmpty(1).Max());
        widest = widest > 0.1 ? Math.Ceiling((10 * widest) - 1e-9) / 10 : Math.Max(0.01, Math.Ceiling((100 * widest) - 1e-9) / 100);
        output.Write($"<div class=\"wide scroll\"><table class=\"rates\">\n<thead><tr><th>{first}</th><th>WER</th><th class=\"span\">0 to {100 * widest:0} %</th><th>95 %</th>");
        foreach (string title in (string[])["CER", "utterances", "correct", "words", "S", "D", "I"])
            output.Write($"<th>{title}</th>");
        output.Write("</tr></thead>\n<tbody>\n");
        for (int i = 0; i < rows.Length; i++)
        {
            (string name, ErrorTally tally, RateInterval interval) = rows[i];
            output.Write($"<tr{(lastIsTotal && i == rows.Length - 1 ? " class=\"all\"" : "")}><td>{Text(name)}</td><td>{Rates.Percent(tally.WordErrorRate)}</td><td>{EvaluationCharts.Interval(tally.WordErrorRate, interval, widest)}</td>");
            output.Write($"<td class=\"soft\">{Span(interval)}</td><td>{Rates.Percent(tally.CharacterErrorRate)}</td><td>{tally.Utterances:N0}</td><td>{tally.CorrectUtterances:N0}</td><td>{tally.Words.ReferenceLength:N0}</td>");
            output.Write($"<td>{tally.Words.Substitutions:N0}</td><td>{tally.Words.Deletions:N0}</td><td>{tally.Words.Insertions:N0}</td></tr>\n");
        }

        output.Write("</tbody></table></div>\n");
    }

    private static void WriteCharts(TextWriter output, EvaluationReport report)
    {
        string? duration = EvaluationCharts.ByMeasure([.. report.Utterances.Where(u => u.Duration > TimeSpan.Zero)], u => u.Duration.TotalSeconds, "length of the recording", "s");
        string? words = EvaluationCharts.ByMeasure(report.Utterances, u => u.Words.ReferenceLength, "words said", "");
        if (report.Reliability.Words == 0 && duration is null && words is null)
            return;
        output.Write("<section>\n<h2>Trust and length</h2>\n<div class=\"charts\">\n");
        if (report.Reliability.Words > 0)
        {
            output.Write($"<figure><figcaption><b>Calibration.</b> What a confidence was worth; <span class=\"key over\"></span> too sure, <span class=\"key under\"></span> not sure enough. Expected calibration error {Rates.Percent(report.Reliability.ExpectedCalibrationError)}.</figcaption>\n");
            output.Write($"{EvaluationCharts.Reliability(report.Reliability)}{EvaluationCharts.Confidences(report.Reliability)}</figure>\n");
        }

        if (duration is not null)
            output.Write($"<figure><figcaption><b>By length of the recording.</b> Groups of like number of utterances, with 95 % intervals.</figcaption>\n{duration}</figure>\n");
        if (words is not null)
            output.Write($"<figure><figcaption><b>By number of words.</b> Groups of like number of utterances, with 95 % intervals.</figcaption>\n{words}</figure>\n");
        output.Write("</div>\n</section>\n");
    }

    /// <summary>An interval of rates.</summary>
    internal static string Span(RateInterval interval) => double.IsFinite(interval.High) ? $"{100 * interval.Low:0.0}\u2013{100 * interval.High:0.0} %" : "-";

    private static string Text(string text) => HtmlPage.Text(text);
}
