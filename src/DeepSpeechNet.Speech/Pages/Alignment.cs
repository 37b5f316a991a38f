using System.Text;
using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Speech.Pages;

/// <summary>What was said and what was recognised as one line of markup, word by word.</summary>
public static class Alignment
{
    /// <summary>The line: lost words in <c>del</c>, added ones in <c>ins</c>, a substitution as a <c>span</c> of class <c>pair</c> that holds both.</summary>
    public static string Html(string said, string recognised)
    {
        string[] reference = WordErrorRate.Words(said), hypothesis = WordErrorRate.Words(recognised);
        StringBuilder html = new();
        foreach (EditStep step in EditDistance.Align<string>(reference, hypothesis))
        {
            if (html.Length > 0)
                html.Append(' ');
            string lost = step.Kind == EditKind.Insertion ? "" : HtmlPage.Text(reference[step.ReferenceIndex]);
            string added = step.Kind == EditKind.Deletion ? "" : HtmlPage.Text(hypothesis[step.HypothesisIndex]);
            html.Append(step.Kind switch
            {
                EditKind.Match => lost,
                EditKind.Substitution => $"<span class=\"pair\"><del>{lost}</del> <ins>{added}</ins></span>",
                EditKind.Deletion => $"<del>{lost}</del>",
                _ => $"<ins>{added}</ins>",
            });
        }

        return html.ToString();
    }
}
