using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;

namespace DeepSpeechNet.Server.Tests.Security;

public sealed class ApiKeysTests : IAsyncLifetime
{
    private const string Key = "a-secret-key";

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(new ServerOptions { ApiKeys = ["another-key", Key] });

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Without_a_key_only_the_page_and_the_health_are_open()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await _server.Http.GetAsync("/v1/models")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _server.TranscribeAsync([1])).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _server.Http.GetAsync("/health")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _server.Http.GetAsync("/")).StatusCode);
        foreach (string path in (string[])["/live", "/vosk"])
            Assert.Contains("401", (await Assert.ThrowsAsync<WebSocketException>(() => _server.ConnectAsync(path))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Key, HttpStatusCode.OK)]
    [InlineData("another-key", HttpStatusCode.OK)]
    [InlineData("a-secret-kez", HttpStatusCode.Unauthorized)]
    [InlineData("a-secret-key2", HttpStatusCode.Unauthorized)]
    public async Task A_key_opens_the_server_if_it_is_one_of_its_own(string key, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Assert.Equal(expected, (await _server.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_page_shows_its_key_as_a_subprotocol_that_is_never_sent_back()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/live", o =>
        {
            o.AddSubProtocol("dsn");
            o.AddSubProtocol("key." + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Key)));
        });
        Assert.Equal("dsn", socket.SubProtocol);
    }

    [Fact]
    public async Task A_program_shows_its_key_as_a_header()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/vosk", o => o.SetRequestHeader("Authorization", "Bearer " + Key));
        Assert.Equal(WebSocketState.Open, socket.State);
    }
}
