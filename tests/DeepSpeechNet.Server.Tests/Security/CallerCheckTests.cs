using System.Net;
using System.Net.WebSockets;

namespace DeepSpeechNet.Server.Tests.Security;

public sealed class CallerCheckTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await TestServer.StartAsync(new ServerOptions { AllowedHosts = ["speech.example"], AllowedOrigins = ["https://app.example"] });

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [InlineData("localhost:80", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:8080", HttpStatusCode.OK)]
    [InlineData("speech.example", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("speech.example.evil.example", HttpStatusCode.MisdirectedRequest)]
    public async Task A_host_name_that_is_not_ours_is_refused(string host, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        request.Headers.Host = host;
        Assert.Equal(expected, (await _server.Http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("https://app.example", HttpStatusCode.OK)]
    [InlineData("http://localhost:1", HttpStatusCode.Forbidden)]
    public async Task Pages_of_strangers_are_refused(string origin, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Origin", origin);
        HttpResponseMessage answer = await _server.Http.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK, answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task The_servers_own_page_may_call()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Origin", _server.Server.Addresses[0].GetLeftPart(UriPartial.Authority));
        Assert.Equal(HttpStatusCode.OK, (await _server.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task WebSockets_of_strangers_pages_are_refused()
    {
        foreach (string path in (string[])["/live", "/vosk"])
        {
            WebSocketException e = await Assert.ThrowsAsync<WebSocketException>(() => _server.ConnectAsync(path, o => o.SetRequestHeader("Origin", "https://evil.example")));
            Assert.Contains("403", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_allowed_page_gets_its_preflight_answered()
    {
        using HttpRequestMessage request = new(HttpMethod.Options, "/v1/audio/transcriptions");
        request.Headers.Add("Origin", "https://app.example");
        HttpResponseMessage answer = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("https://app.example", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }
}
