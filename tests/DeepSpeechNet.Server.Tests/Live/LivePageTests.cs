using System.Net;
using System.Text.RegularExpressions;

namespace DeepSpeechNet.Server.Tests.Live;

public sealed partial class LivePageTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task The_page_and_all_that_it_loads_come_from_the_program()
    {
        Queue<string> waiting = new(["/"]);
        HashSet<string> seen = ["/"];
        while (waiting.TryDequeue(out string? path))
        {
            HttpResponseMessage answer = await _server.Http.GetAsync(path);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
            string text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotMatch("(src|href|from|url)[=( ]+[\"']?(https?:)?//", text);
            foreach (Match match in Linked().Matches(text))
            {
                if (seen.Add("/" + match.Groups[1].Value))
                    waiting.Enqueue("/" + match.Groups[1].Value);
            }
        }

        Assert.Superset(new HashSet<string> { "/", "/page.css", "/page.js", "/scopes.js", "/session.js", "/worklet.js", "/icon.svg" }, seen);
    }

    [Fact]
    public async Task The_page_may_load_nothing_from_elsewhere_and_be_framed_by_nobody()
    {
        HttpResponseMessage answer = await _server.Http.GetAsync("/");
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        HttpResponseMessage first = await _server.Http.GetAsync("/page.js");
        using HttpRequestMessage again = new(HttpMethod.Get, "/page.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await _server.Http.SendAsync(again)).StatusCode);
    }

    [Theory]
    [InlineData("/index.html")]
    [InlineData("/..%2f..%2fetc%2fpasswd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/page.js%00.html")]
    public async Task Nothing_else_is_served(string path) => Assert.InRange((int)(await _server.Http.GetAsync(path)).StatusCode, 400, 404);

    [GeneratedRegex("""(?:src=|href=|from |addModule\()\x22(?:\./)?([a-z]+\.(?:js|css|svg))\x22""")]
    private static partial Regex Linked();
}
