using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace DeepSpeechNet.Speech.Pages;

/// <summary>
/// One HTML file that needs nothing else: style, script and data lie in it, and its content security policy forbids the browser to fetch
/// anything or to run any script but the page's own, whatever a file name or a transcript holds. The markup is well-formed XML too.
/// </summary>
public static class HtmlPage
{
    /// <summary>Writes a page.</summary>
    /// <param name="output">Gets the page.</param>
    /// <param name="title">The title, as plain text.</param>
    /// <param name="style">The style sheet.</param>
    /// <param name="script">The script; empty for none.</param>
    /// <param name="body">Writes what stands between the body's tags; every text in it must have passed <see cref="Text"/>.</param>
    public static void Write(TextWriter output, string title, string style, string script, Action<TextWriter> body)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(style);
        ArgumentNullException.ThrowIfNull(script);
        ArgumentNullException.ThrowIfNull(body);
        string styleText = Wrapped(style), scriptText = Wrapped(script);
        string scripts = script.Length > 0 ? Hash(scriptText) : "'none'";
        output.Write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        output.Write($"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {Hash(styleText)}; script-src {scripts}\"/>\n");
        output.Write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n");
        output.Write($"<title>{Text(title)}</title>\n<style>{styleText}</style>\n</head>\n<body>\n");
        body(output);
        if (script.Length > 0)
            output.Write($"<script>{scriptText}</script>\n");
        output.Write("</body>\n</html>\n");
    }

    /// <summary>Text as markup shows it: nothing in it is a tag, and what no document may hold is replaced.</summary>
    public static string Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            clean.Append(Rune.IsControl(rune) && rune.Value != '\t' || rune.Value is 0xFFFE or 0xFFFF ? "\uFFFD" : rune.ToString());
        return WebUtility.HtmlEncode(clean.ToString());
    }

    /// <summary>A resource of an assembly as text, with the line ends that browsers count.</summary>
    /// <param name="assembly">The assembly that holds it.</param>
    /// <param name="name">Its name, or the end of it behind a dot.</param>
    /// <exception cref="ArgumentException">There is no such resource.</exception>
    public static string Resource(Assembly assembly, string name)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        string full = Array.Find(assembly.GetManifestResourceNames(), n => n == name || n.EndsWith("." + name, StringComparison.Ordinal))
            ?? throw new ArgumentException($"{assembly.GetName().Name} has no resource '{name}'.", nameof(name));
        using StreamReader reader = new(assembly.GetManifestResourceStream(full)!, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>The style that all pages share: colours, type, tables.</summary>
    public static string SharedStyle => Resource(typeof(HtmlPage).Assembly, "page.css");

    /// <summary>Style or script that an XML reader takes as text, and a browser as it is.</summary>
    private static string Wrapped(string content) => content.Length == 0 ? "" : $"/*<![CDATA[*/\n{content.ReplaceLineEndings("\n")}/*]]>*/";

    private static string Hash(string content) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'";
}
