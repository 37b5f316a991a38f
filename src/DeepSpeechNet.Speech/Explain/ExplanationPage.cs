using System.Globalization;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech.Pages;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>
/// An explanation as one HTML page that needs nothing else: the text with what was changed in it, pictures of the sound and of the
/// letters' probabilities over time (Sak et al. 2015, figure 2), who changed each word and by how much, other readings, word times.
/// Texts and tables are plain markup; the pictures and the sound need the page's script.
/// </summary>
public static class ExplanationPage
{
    /// <summary>Words beyond which the text is no longer set as a headline.</summary>
    private const int LongText = 28;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter output, Explanation explanation)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        string style = HtmlPage.SharedStyle + HtmlPage.Resource(typeof(ExplanationPage).Assembly, "explain.css");
        string script = HtmlPage.Resource(typeof(ExplanationPage).Assembly, "explain.js");
        HtmlPage.Write(output, $"{ShortName(explanation.Name)}: what was heard and why", style, script, body => WriteBody(body, explanation));
    }

    private static void WriteBody(TextWriter output, Explanation explanation)
    {
        output.Write("<main>\n<header class=\"masthead\">\n<p class=\"kicker\">DeepSpeechNet <span>explain</span></p>\n");
        output.Write("<button type=\"button\" id=\"theme\" class=\"quiet\" aria-label=\"Change between light and dark\">light / dark</button>\n");
        output.Write($"<h1>{Text(ShortName(explanation.Name))}</h1>\n<p class=\"facts\">{Facts(explanation)}</p>\n</header>\n");
        if (explanation.IsPart)
            WritePart(output, explanation);
        WriteText(output, explanation);
        WriteStage(output);
        ExplanationTables.WriteChanges(output, explanation);
        ExplanationTables.WriteReadings(output, explanation);
        ExplanationTables.WriteWords(output, explanation);
        WriteFoot(output);
        output.Write($"</main>\n<script type=\"application/json\" id=\"data\">{ExplanationData.Json(explanation)}</script>\n");
    }

    private static string Facts(Explanation explanation)
    {
        string models = explanation.Parts.Count == 0 ? "no language model" : string.Join(", ", explanation.Parts.Select(Text));
        string beam = $"beam of {explanation.BeamWidth.ToString(Plain)}, {models}";
        return $"<span>{Clock(explanation.Sound.Duration)}</span> <span>{explanation.Sound.SampleRate.ToString(Plain)} Hz</span> <span>{Text(explanation.Model)}</span> <span>{beam}</span>";
    }

    private static void WritePart(TextWriter output, Explanation explanation)
    {
        TimeSpan end = explanation.Start + explanation.Sound.Duration;
        output.Write($"<p class=\"notice\">This page shows {(explanation.Start.TotalMinutes < 1 ? $"0:{explanation.Start.Seconds:00}" : Clock(explanation.Start))} to {Clock(end)} of a recording of {Clock(explanation.Whole)}; times count from the start of the part. ");
        output.Write(end < explanation.Whole ? $"The next part: <code>dsn explain --start {end.TotalSeconds.ToString("0.##", Plain)}</code></p>\n" : "It ends here.</p>\n");
    }

    /// <summary>The transcript large, each word a button; above a changed word what the letters alone say.</summary>
    private static void WriteText(TextWriter output, Explanation explanation)
    {
        bool isLong = explanation.Utterances.Sum(u => u.Transcript.Words.Count) > LongText;
        output.Write($"<section class=\"text{(isLong ? " long" : "")}\" aria-label=\"Transcript\">\n<div class=\"all\">\n");
        if (explanation.Text.Length == 0)
            output.Write("<p class=\"said nothing\">Nothing was said.</p>\n");
        int index = 0;
        foreach (ExplainedUtterance utterance in explanation.Utterances)
        {
            // A word may be lost where another is changed: several changes may begin at one word.
            ILookup<int, WordChange> changes = utterance.Changes.ToLookup(c => c.FirstWord);
            output.Write("<p class=\"said\">");
            for (int w = 0; w <= utterance.Transcript.Words.Count;)
            {
                int next = w;
                foreach (WordChange change in changes[w])
                {
                    WriteChange(output, explanation, utterance, change, index);
                    next += change.WordCount;
                    index += change.WordCount;
                }

                if (next == w && next++ < utterance.Transcript.Words.Count)
                    WriteWord(output, utterance, w, index++);
                w = next;
            }

            output.Write("</p>\n");
        }

        output.Write("</div>\n");
        if (isLong)
            output.Write("<details><summary>Both texts one below the other</summary>\n");
        output.Write("<dl class=\"compare\">\n<div><dt>letters alone</dt><dd>");
        WriteHeard(output, explanation);
        output.Write("</dd></div>\n<div><dt>decoded</dt><dd>");
        WriteDecoded(output, explanation);
        output.Write("</dd></div>\n");
        if (explanation.Reference is { } said)
            WriteReference(output, said, explanation.Text);
        output.Write(isLong ? "</dl>\n</details>\n</section>\n" : "</dl>\n</section>\n");
    }

    private static void WriteChange(TextWriter output, Explanation explanation, ExplainedUtterance utterance, WordChange change, int index)
    {
        output.Write("<span class=\"change\">");
        output.Write(change.Heard.Length > 0 ? $"<span class=\"was\"><span class=\"aside\">heard as </span>{Text(change.Heard)}</span>" : "<span class=\"was added\">+</span>");
        output.Write($"<span class=\"by\">{By(explanation, change)}</span><span class=\"now\">");
        if (change.WordCount == 0)
            output.Write("<span class=\"gone\" aria-hidden=\"true\">\u2715</span>");
        for (int i = 0; i < change.WordCount; i++)
            WriteWord(output, utterance, change.FirstWord + i, index + i);
        output.Write("</span></span> ");
    }

    /// <summary>Who spoke loudest for a change, and how loudly.</summary>
    private static string By(Explanation explanation, WordChange change)
    {
        int loudest = change.LoudestPart;
        return $"{Text(loudest < 0 ? "sound" : explanation.Parts[loudest])} {ExplanationTables.Signed(loudest < 0 ? change.Acoustic : change.Parts[loudest])}";
    }

    private static void WriteWord(TextWriter output, ExplainedUtterance utterance, int word, int index)
    {
        Recognition.TranscriptWord shown = utterance.Transcript.Words[word];
        int level = (int)Math.Clamp(shown.Confidence * 10, 0, 9);
        output.Write($"<button type=\"button\" class=\"word k{level}\" data-word=\"{index}\" title=\"{Percent(shown.Confidence)} sure; click to hear\">{Text(shown.Text)}</button> ");
    }

    private static void WriteHeard(TextWriter output, Explanation explanation)
    {
        foreach (ExplainedUtterance utterance in explanation.Utterances)
            output.Write(Marked(utterance.Greedy.Words.Select(w => w.Text), utterance.Changes.Select(c => (c.FirstHeard, c.HeardCount)), "was") + " ");
    }

    private static void WriteDecoded(TextWriter output, Explanation explanation)
    {
        foreach (ExplainedUtterance utterance in explanation.Utterances)
            output.Write(Marked(utterance.Transcript.Words.Select(w => w.Text), utterance.Changes.Select(c => (c.FirstWord, c.WordCount)), "now") + " ");
    }

    private static string Marked(IEnumerable<string> words, IEnumerable<(int First, int Count)> changes, string mark)
    {
        HashSet<int> marked = [.. changes.SelectMany(c => Enumerable.Range(c.First, c.Count))];
        return string.Join(' ', words.Select((word, i) => marked.Contains(i) ? $"<mark class=\"{mark}\">{Text(word)}</mark>" : Text(word)));
    }

    private static void WriteReference(TextWriter output, string said, string recognised)
    {
        EditCounts counts = WordErrorRate.Compare(said, recognised);
        string rate = counts.ReferenceLength == 0 ? "" : $", WER {Percent(counts.Rate)}";
        output.Write($"<div><dt>said</dt><dd>{Alignment.Html(said, recognised)} <span class=\"aside-note\">{counts.Errors} of {counts.ReferenceLength} words wrong{rate}</span></dd></div>\n");
    }

    private static void WriteStage(TextWriter output) => output.Write("""
        <section class="stage" aria-label="Pictures over time">
        <noscript><p class="notice">The pictures and the sound need this page's own script, which the browser has switched off. The tables below do without.</p></noscript>
        <div class="tools">
        <button type="button" id="play" class="play" aria-label="Play or pause"><span aria-hidden="true">▶</span></button>
        <output id="time" class="time">0.00 s</output>
        <p id="readout" class="readout" aria-live="off"></p>
        <div class="zoom"><button type="button" id="out" class="quiet" aria-label="Zoom out">−</button><button type="button" id="fit" class="quiet">fit</button><button type="button" id="in" class="quiet" aria-label="Zoom in">+</button></div>
        </div>
        <div id="overview" class="overview" hidden="hidden"><canvas id="overview-canvas" aria-hidden="true"></canvas><div id="window" class="window"></div></div>
        <div id="tracks" class="tracks" tabindex="0" role="slider" aria-label="Position in the recording" aria-valuemin="0" aria-valuenow="0" aria-valuemax="0">
        <figure><figcaption>waveform</figcaption><canvas id="wave" class="wave"></canvas></figure>
        <figure><figcaption>log-mel spectrogram</figcaption><canvas id="mel" class="mel"></canvas></figure>
        <figure class="lanes"><figcaption>words</figcaption><div id="lane" class="lane"></div><div id="heard" class="lane heard"></div></figure>
        <figure><figcaption>letter probabilities (CTC), blank dotted</figcaption><canvas id="ctc" class="ctc"></canvas></figure>
        <canvas id="axis" class="axis"></canvas>
        <div id="playhead" class="playhead" aria-hidden="true"></div>
        </div>
        </section>

        """);

    private static void WriteFoot(TextWriter output) => output.Write("""
        <footer>
        <h2>How to read this</h2>
        <div class="columns">
        <p>The network looks at the spectrogram and gives, for every few hundredths of a second, a probability to each letter and to the blank, which says "nothing new here".
        A letter is a short spike; the blank fills the rest. Reading off the highest curve gives the letters alone. The beam search adds up all ways of saying a text and weighs
        in what language models think of it.</p>
        <p>Scores are natural logarithms: 0.7 more is twice as likely, 2.3 more ten times. The line under a word shows how sure the network is of it.</p>
        <p>Space plays and pauses, arrows move, + and − zoom, 0 fits, Tab and Enter go from word to word and play it. The wheel with Ctrl zooms, dragging moves, a double click plays the word below.</p>
        </div>
        </footer>

        """);

    /// <summary>A file's name without its folders.</summary>
    internal static string ShortName(string name) => name.TrimEnd('/', '\\').Split('/', '\\')[^1] is { Length: > 0 } last ? last : name;

    /// <summary>A time as people read it: seconds below a minute, minutes and hours beyond.</summary>
    internal static string Clock(TimeSpan time) => time.TotalMinutes < 1
        ? $"{time.TotalSeconds.ToString("0.00", Plain)} s"
        : time.TotalHours < 1 ? $"{((int)time.TotalMinutes).ToString(Plain)}:{time.Seconds:00}" : $"{((int)time.TotalHours).ToString(Plain)}:{time.Minutes:00}:{time.Seconds:00}";

    /// <summary>A probability or rate.</summary>
    internal static string Percent(double value) => double.IsFinite(value) ? (100 * value).ToString(value is > 0.9995 or < 0.0005 ? "0" : "0.0", Plain) + " %" : "\u2013";

    private static string Text(string text) => HtmlPage.Text(text);
}
