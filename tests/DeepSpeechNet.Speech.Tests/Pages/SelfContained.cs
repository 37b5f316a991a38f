using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace DeepSpeechNet.Speech.Tests.Pages;

/// <summary>What every page must be: well-formed, closed to the network, its policy made for exactly its own style and script.</summary>
internal static class SelfContained
{
    public static void Check(string page)
    {
        XDocument document = XDocument.Parse(page, LoadOptions.PreserveWhitespace);
        string[] names = [.. document.Descendants().Select(e => e.Name.LocalName)];
        foreach (string name in (string[])["link", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "a"])
            Assert.DoesNotContain(name, names);
        foreach (XAttribute attribute in document.Descendants().Attributes())
        {
            Assert.DoesNotContain(attribute.Name.LocalName, (string[])["src", "href", "srcset", "action", "data", "style", "background"]);
            Assert.False(attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal), $"{attribute} would run");
        }

        foreach (string address in (string[])["http:", "https:", "//www.", "@import", "url(", "fetch(", "XMLHttpRequest", "WebSocket", "innerHTML", "eval("])
            Assert.DoesNotContain(address, page, StringComparison.OrdinalIgnoreCase);
        string policy = document.Descendants("meta").Single(m => (string?)m.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!.Value;
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        foreach (string element in (string[])["style", "script"])
        {
            int end = page.LastIndexOf($"</{element}>", StringComparison.Ordinal), start = page.LastIndexOf($"<{element}>", StringComparison.Ordinal);
            Assert.Equal(start < 0, policy.Contains($"{element}-src 'none'", StringComparison.Ordinal));
            if (start >= 0)
                Assert.Contains($"{element}-src '{Hash(page[(start + element.Length + 2)..end])}'", policy, StringComparison.Ordinal);
        }
    }

    private static string Hash(string content) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
