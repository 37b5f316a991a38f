using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech.Pages;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>The lists of an evaluation's page: words that go wrong, and utterances word by word.</summary>
internal static class EvaluationLists
{
    private const int Confusions = 20;

    /// <summary>Which words were taken for others, lost or added, the most frequent first.</summary>
    public static void WriteConfusions(TextWriter output, WordConfusions confusions)
    {
        if (confusions.Substitutions.Count + confusions.Deletions.Count + confusions.Insertions.Count == 0)
            return;
        output.Write("<section>\n<h2>Words that go wrong</h2>\n<div class=\"confusions\">\n");
        WriteConfusions(output, "taken for another", confusions.Substitutions, c => $"<del>{Text(c.Said)}</del> <span class=\"soft\">→</span> <ins>{Text(c.Recognised)}</ins>");
        WriteConfusions(output, "not recognised", confusions.Deletions, c => $"<del>{Text(c.Said)}</del>");
        WriteConfusions(output, "recognised, not said", confusions.Insertions, c => $"<ins>{Text(c.Recognised)}</ins>");
        output.Write("</div>\n</section>\n");
    }

    /// <summary>Utterances with both texts in one line.</summary>
    public static void WriteUtterances(TextWriter output, string title, IReadOnlyList<UtteranceScore> utterances, bool open)
    {
        if (utterances.Count == 0)
            return;
        output.Write($"<section>\n<details{(open ? " open=\"open\"" : "")}><summary><h2>{title}</h2></summary>\n");
        output.Write("<p class=\"lead\"><del>Struck out</del> was said and not recognised, <ins>bold</ins> recognised and not said.</p>\n<ol class=\"utterances\">\n");
        foreach (UtteranceScore utterance in utterances)
        {
            string length = utterance.Duration > TimeSpan.Zero ? $"<span>{utterance.Duration.TotalSeconds:0.0} s</span>" : "";
            string line = Alignment.Html(utterance.Reference, utterance.Hypothesis);
            output.Write($"<li><p class=\"line\">{(line.Length > 0 ? line : "<span class=\"soft\">(nothing)</span>")}</p><p class=\"facts\"><span>WER {Rates.Percent(utterance.Words.Rate)}</span><span>{Text(utterance.Name)}</span>{length}</p></li>\n");
        }

        output.Write("</ol>\n</details>\n</section>\n");
    }

    private static void WriteConfusions(TextWriter output, string title, IReadOnlyList<WordConfusion> all, Func<WordConfusion, string> markup)
    {
        output.Write($"<div><h3>{title}</h3>\n");
        output.Write(all.Count == 0 ? "<p class=\"soft\">none</p>" : "<table>\n");
        foreach (WordConfusion confusion in all.Take(Confusions))
        {
            double width = 100.0 * confusion.Count / all[0].Count;
            output.Write($"<tr><td>{markup(confusion)}</td><td>{confusion.Count:N0}</td><td class=\"meter\"><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"fill\" width=\"{width:0.#}\" height=\"10\"/></svg></td></tr>\n");
        }

        if (all.Count > 0)
            output.Write("</table>\n");
        if (all.Count > Confusions)
            output.Write($"<p class=\"soft\">and {all.Count - Confusions:N0} more</p>\n");
        output.Write("</div>\n");
    }

    private static string Text(string text) => HtmlPage.Text(text);
}
