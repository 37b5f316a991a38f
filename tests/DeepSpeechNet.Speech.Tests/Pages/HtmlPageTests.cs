using DeepSpeechNet.Speech.Pages;

namespace DeepSpeechNet.Speech.Tests.Pages;

public sealed class HtmlPageTests
{
    [Fact]
    public void A_page_is_closed_to_the_network_with_and_without_script()
    {
        SelfContained.Check(Page("t", "body { color: red }\r\n", ""));
        SelfContained.Check(Page("t", "p > a { color: red }", "if (1 < 2 && 3 > 2) { }\n"));
        Assert.Contains("script-src 'none'", Page("t", "", ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_never_markup()
    {
        Assert.Equal("&lt;b&gt; &amp; &quot;c&quot;", HtmlPage.Text("<b> & \"c\""));
        Assert.Equal("a\uFFFDb\uFFFD", HtmlPage.Text("a\0b\uFFFF"));
        SelfContained.Check(Page("</title><script>x</script>\u0001\ud800", "", ""));
    }

    [Fact]
    public void A_resource_that_is_not_there_is_named() =>
        Assert.Contains("'none.css'", Assert.Throws<ArgumentException>(() => HtmlPage.Resource(typeof(HtmlPage).Assembly, "none.css")).Message, StringComparison.Ordinal);

    private static string Page(string title, string style, string script)
    {
        using StringWriter writer = new();
        HtmlPage.Write(writer, title, style, script, body => body.Write("<p>text</p>\n"));
        return writer.ToString();
    }
}
