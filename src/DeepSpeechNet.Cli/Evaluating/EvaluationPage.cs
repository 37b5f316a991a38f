using System.Net;
using System.Text;
using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>An evaluation as one HTML page that needs nothing else: tables, a bar a corpus, and the worst utterances word by word.</summary>
internal static class EvaluationPage
{
    private const int WorstUtterances = 50;

    private const string Style = """
        :root { color-scheme: light dark; --ink: #1b1f24; --faint: #6a737d; --line: #d8dee4; --back: #ffffff; --bar: #3b6ea8; --lost: #b3261e; --added: #1a7f37; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --faint: #9aa4ad; --line: #3a4048; --back: #16181b; --bar: #6fa3dc; --lost: #ff8a80; --added: #7ddb93; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; } th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid var(--line); text-align: right; font-variant-numeric: tabular-nums; }
        th:first-child, td:first-child { text-align: left; } tr.all td { font-weight: 600; }
        svg text { fill: var(--ink); font: 13px system-ui, sans-serif; } svg rect { fill: var(--bar); }
        .utterance { margin: 0.7rem 0; overflow-wrap: anywhere; } .name { color: var(--faint); font-size: 0.85rem; }
        del { color: var(--lost); } ins { color: var(--added); text-decoration: none; font-weight: 600; }

        """;

    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter output, Evaluation evaluation, string model)
    {
        EvaluationReport report = evaluation.Report;
        ErrorTally all = report.Total;
        output.Write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n");
        output.Write($"<title>Evaluation of {Text(model)}</title>\n<style>\n{Style}</style>\n</head>\n<body>\n");
        output.Write($"<h1>Evaluation of {Text(model)}</h1>\n");
        output.Write($"<p>Word error rate <b>{Rates.Percent(all.WordErrorRate)}</b> ({all.Words.Errors} errors in {all.Words.ReferenceLength} words), character error rate ");
        output.Write($"<b>{Rates.Percent(all.CharacterErrorRate)}</b>, {all.CorrectUtterances} of {all.Utterances} utterances without an error. {Text(EvaluationText.Speed(evaluation))}.</p>\n");
        output.Write("<p>Texts of both sides are normalised to the model's alphabet. S, D, I: words substituted, deleted, inserted.</p>\n");

        output.Write("<h2>Corpora</h2>\n");
        WriteBars(output, report);
        BeginTable(output, "corpus");
        foreach ((string corpus, ErrorTally tally) in report.Corpora)
            Row(output, EvaluationText.Named(corpus), tally, "");
        Row(output, "all", all, " class=\"all\"");
        output.Write("</table></div>\n<h2>Speakers</h2>\n");
        BeginTable(output, "speaker");
        foreach (((string corpus, string speaker), ErrorTally tally) in report.Speakers)
            Row(output, $"{EvaluationText.Named(corpus)}/{EvaluationText.Named(speaker)}", tally, "");
        output.Write("</table></div>\n");

        output.Write("<h2>Worst utterances</h2>\n<p><del>struck out</del>: said but not recognised; <ins>bold</ins>: recognised but not said.</p>\n");
        foreach (UtteranceScore utterance in report.Worst(WorstUtterances))
        {
            if (utterance.Words.Errors > 0)
                output.Write($"<div class=\"utterance\"><span class=\"name\">{Text(utterance.Name)}, WER {Rates.Percent(utterance.Words.Rate)}</span><br>{Difference(utterance)}</div>\n");
        }

        output.Write("</body>\n</html>\n");
    }

    /// <summary>Reference and hypothesis in one line, word by word.</summary>
    internal static string Difference(UtteranceScore utterance)
    {
        string[] said = WordErrorRate.Words(utterance.Reference), recognised = WordErrorRate.Words(utterance.Hypothesis);
        StringBuilder html = new();
        foreach (EditStep step in EditDistance.Align<string>(said, recognised))
        {
            if (html.Length > 0)
                html.Append(' ');
            string lost = step.Kind is EditKind.Insertion ? "" : Text(said[step.ReferenceIndex]);
            string added = step.Kind is EditKind.Deletion ? "" : Text(recognised[step.HypothesisIndex]);
            html.Append(step.Kind switch
            {
                EditKind.Match => lost,
                EditKind.Substitution => $"<del>{lost}</del> <ins>{added}</ins>",
                EditKind.Deletion => $"<del>{lost}</del>",
                _ => $"<ins>{added}</ins>",
            });
        }

        return html.ToString();
    }

    /// <summary>A bar a corpus: the word error rate, the widest 100 % or what the worst corpus has below it.</summary>
    private static void WriteBars(TextWriter output, EvaluationReport report)
    {
        const int RowHeight = 24, Labels = 220, Bars = 400;
        double widest = Math.Max(0.01, report.Corpora.Values.Max(t => Math.Min(1, t.WordErrorRate)));
        output.Write($"<div class=\"wide\"><svg width=\"{Labels + Bars + 80}\" height=\"{RowHeight * report.Corpora.Count}\" role=\"img\" aria-label=\"Word error rate of each corpus\">\n");
        int y = 0;
        foreach ((string corpus, ErrorTally tally) in report.Corpora)
        {
            double width = Bars * Math.Min(1, tally.WordErrorRate) / widest;
            output.Write($"<text x=\"0\" y=\"{y + 16}\">{Text(EvaluationText.Named(corpus))}</text>");
            output.Write($"<rect x=\"{Labels}\" y=\"{y + 4}\" width=\"{width:F1}\" height=\"{RowHeight - 8}\"/>");
            output.Write($"<text x=\"{Labels + width + 6:F1}\" y=\"{y + 16}\">{Rates.Percent(tally.WordErrorRate)}</text>\n");
            y += RowHeight;
        }

        output.Write("</svg></div>\n");
    }

    private static void BeginTable(TextWriter output, string first)
    {
        output.Write($"<div class=\"wide\"><table>\n<tr><th>{first}</th>");
        foreach (string title in (string[])["utterances", "correct", "words", "S", "D", "I", "WER", "CER"])
            output.Write($"<th>{title}</th>");
        output.Write("</tr>\n");
    }

    private static void Row(TextWriter output, string name, ErrorTally tally, string attributes)
    {
        output.Write($"<tr{attributes}><td>{Text(name)}</td><td>{tally.Utterances}</td><td>{tally.CorrectUtterances}</td><td>{tally.Words.ReferenceLength}</td>");
        output.Write($"<td>{tally.Words.Substitutions}</td><td>{tally.Words.Deletions}</td><td>{tally.Words.Insertions}</td>");
        output.Write($"<td>{Rates.Percent(tally.WordErrorRate)}</td><td>{Rates.Percent(tally.CharacterErrorRate)}</td></tr>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
