using System.Globalization;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech.Pages;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>The lower half of the page: who changed each word, other readings, word times.</summary>
internal static class ExplanationTables
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>A card for each changed place: what each model says about it, as bars to either side of nothing.</summary>
    public static void WriteChanges(TextWriter output, Explanation explanation)
    {
        (ExplainedUtterance Utterance, WordChange Change)[] all = [.. explanation.Utterances.SelectMany(u => u.Changes.Select(c => (u, c)))];
        output.Write($"<section>\n<h2>{(all.Length == 0 ? "Nothing was changed" : all.Length == 1 ? "One change" : $"{all.Length.ToString(Plain)} changes")}</h2>\n");
        if (all.Length == 0)
            output.Write("<p class=\"lead\">The decoded text is what the letters alone say.</p>\n");
        output.Write("<div class=\"cards\">\n");
        foreach ((ExplainedUtterance utterance, WordChange change) in all)
        {
            double widest = change.Parts.Append(change.Acoustic).Append(change.Total).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max();
            output.Write("<article class=\"card\">\n<h3>");
            output.Write(change.Heard.Length > 0 ? $"<mark class=\"was\">{Text(change.Heard)}</mark>" : "<span class=\"aside-note\">(nothing)</span>");
            output.Write(" <span class=\"arrow\">→</span> ");
            output.Write(change.Written.Length > 0 ? $"<mark class=\"now\">{Text(change.Written)}</mark>" : "<span class=\"aside-note\">(nothing)</span>");
            output.Write($"</h3>\n<p class=\"verdict\">{Verdict(explanation, change)}</p>\n<table class=\"shares\">\n");
            WriteShare(output, "sound", change.Acoustic, widest, "");
            for (int i = 0; i < explanation.Parts.Count; i++)
                WriteShare(output, explanation.Parts[i], change.Parts[i], widest, "");
            if (explanation.Parts.Count > 0)
                WriteShare(output, "together", change.Total, widest, " class=\"total\"");
            output.Write("</table>\n</article>\n");
        }

        output.Write("</div>\n</section>\n");
    }

    /// <summary>The readings that the search ended with; one table an utterance.</summary>
    public static void WriteReadings(TextWriter output, Explanation explanation)
    {
        if (explanation.Utterances.Count == 0)
            return;
        output.Write("<section>\n<h2>Readings the search ended with</h2>\n");
        bool several = explanation.Utterances.Count > 1;
        foreach (ExplainedUtterance utterance in explanation.Utterances)
        {
            if (several)
                output.Write($"<details><summary>at {Seconds(utterance.Start)} s: {Text(utterance.Transcript.Text)}</summary>\n");
            output.Write("<div class=\"wide\"><table class=\"readings\">\n<thead><tr><th>#</th><th>reading</th><th>score</th>");
            if (explanation.Parts.Count > 0)
                output.Write("<th>sound</th>");
            foreach (string part in explanation.Parts)
                output.Write($"<th>{Text(part)}</th>");
            output.Write("<th>share</th></tr></thead>\n<tbody>\n");
            for (int i = 0; i < utterance.Readings.Count; i++)
                WriteReading(output, i, utterance.Transcript.Alternatives[i], utterance.Readings[i], utterance.Transcript.Text);
            output.Write("</tbody></table></div>\n");
            if (several)
                output.Write("</details>\n");
        }

        output.Write("</section>\n");
    }

    /// <summary>The words with times, confidence and what each model gave to them.</summary>
    public static void WriteWords(TextWriter output, Explanation explanation)
    {
        if (explanation.Text.Length == 0)
            return;
        output.Write("<section>\n<h2>Words</h2>\n<div class=\"wide\"><table class=\"words\">\n<thead><tr><th>word</th><th>from, s</th><th>to, s</th><th>sure</th>");
        foreach (string part in explanation.Parts)
            output.Write($"<th>{Text(part)}</th>");
        output.Write("</tr></thead>\n<tbody>\n");
        int index = 0;
        foreach (ExplainedUtterance utterance in explanation.Utterances)
        {
            for (int w = 0; w < utterance.Transcript.Words.Count; w++)
            {
                TranscriptWord word = utterance.Transcript.Words[w];
                output.Write($"<tr><td><button type=\"button\" class=\"hear\" data-word=\"{index++}\">{Text(word.Text)}</button></td>");
                output.Write($"<td>{Seconds(utterance.Start + word.Start)}</td><td>{Seconds(utterance.Start + word.End)}</td>{Bar(word.Confidence)}");
                foreach (double part in utterance.WordParts[w])
                    output.Write($"<td>{Signed(part)}</td>");
                output.Write("</tr>\n");
            }
        }

        output.Write("</tbody></table></div>\n</section>\n");
    }

    private static string Verdict(Explanation explanation, WordChange change)
    {
        string odds = Odds(change.Total);
        if (change.LoudestPart >= 0)
            return $"Changed by the <b>{Text(explanation.Parts[change.LoudestPart])}</b>{odds}.";
        return change.Acoustic > 0
            ? $"Changed by the <b>sound</b> itself: all ways of saying it together are likelier than the single best path suggests{odds}."
            : "Nobody asked for it alone: it came along with the changes beside it.";
    }

    private static string Odds(double total) => total switch
    {
        double.PositiveInfinity => "; the other reading is not allowed at all",
        <= 0 => "",
        > 13.8 => ", with odds of more than a million to 1",
        _ => $", with odds of {Math.Exp(total).ToString(total < 2.3 ? "0.0" : "#,##0", Plain)} to 1",
    };

    private static void WriteShare(TextWriter output, string name, double value, double widest, string attributes)
    {
        double width = double.IsInfinity(value) ? 100 : Math.Min(100, 100 * Math.Abs(value) / Math.Max(widest, 1e-9));
        string side = value < 0 ? "against" : "for";
        string x = value < 0 ? (-width).ToString("0.#", Plain) : "0";
        output.Write($"<tr{attributes}><th scope=\"row\">{Text(name)}</th><td class=\"bar\"><svg viewBox=\"-100 0 200 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        output.Write($"<rect class=\"{side}\" x=\"{x}\" y=\"0\" width=\"{width.ToString("0.#", Plain)}\" height=\"10\"/><line x1=\"0\" x2=\"0\" y1=\"-2\" y2=\"12\"/></svg></td><td>{Signed(value)}</td></tr>\n");
    }

    private static void WriteReading(TextWriter output, int rank, TranscriptAlternative alternative, ScoredReading reading, string best)
    {
        output.Write($"<tr{(rank == 0 ? " class=\"best\"" : "")}><td>{(rank + 1).ToString(Plain)}</td><td class=\"reading\">{Against(best, reading.Text)}</td>");
        output.Write($"<td>{Number(alternative.Score)}</td>");
        if (reading.Parts.Count > 0)
            output.Write($"<td>{Number(reading.Acoustic)}</td>");
        foreach (double part in reading.Parts)
            output.Write($"<td>{Number(part)}</td>");
        output.Write($"{Bar(alternative.Confidence)}</tr>\n");
    }

    /// <summary>A reading with the words marked in which it is not the best one.</summary>
    private static string Against(string best, string reading)
    {
        string[] words = WordErrorRate.Words(reading);
        if (words.Length == 0)
            return "<span class=\"aside-note\">(nothing)</span>";
        IEnumerable<string> marked = EditDistance.Align<string>(WordErrorRate.Words(best), words)
            .Select(step => step.Kind switch
            {
                EditKind.Match => Text(words[step.HypothesisIndex]),
                EditKind.Deletion => "<span class=\"gap\">\u00b7</span>",
                _ => $"<b>{Text(words[step.HypothesisIndex])}</b>",
            });
        return string.Join(' ', marked);
    }

    private static string Bar(double probability) =>
        $"<td class=\"meter\"><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"rail\" width=\"100\" height=\"10\"/><rect class=\"fill\" width=\"{(100 * probability).ToString("0.#", Plain)}\" height=\"10\"/></svg> <span>{ExplanationPage.Percent(probability)}</span></td>";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00", Plain);

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.00", Plain).Replace('-', '\u2212') : "\u2212\u221e";

    /// <summary>A difference of scores, with its sign.</summary>
    internal static string Signed(double value) => double.IsNaN(value) ? "\u2013" : Math.Abs(value) < 0.005 ? "0" : double.IsPositiveInfinity(value) ? "+\u221e" : value >= 0 ? "+" + Number(value) : Number(value);

    private static string Text(string text) => HtmlPage.Text(text);
}
