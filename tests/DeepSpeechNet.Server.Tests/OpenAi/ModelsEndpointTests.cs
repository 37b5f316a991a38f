using System.Net;
using System.Text.Json;

namespace DeepSpeechNet.Server.Tests.OpenAi;

public sealed class ModelsEndpointTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task The_list_names_the_model_first_and_then_its_aliases()
    {
        JsonElement list = JsonSerializer.Deserialize<JsonElement>(await _server.Http.GetStringAsync("/v1/models"));
        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.Equal(["tones", "whisper-1"], list.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        Assert.All(list.GetProperty("data").EnumerateArray(), m => Assert.Equal(["id", "object", "created", "owned_by"], m.EnumerateObject().Select(p => p.Name)));
    }

    [Fact]
    public async Task One_model_can_be_asked_for_by_name()
    {
        Assert.Contains("\"id\":\"tones\"", await _server.Http.GetStringAsync("/v1/models/tones"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Http.GetAsync("/v1/models/other")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Http.GetAsync("/v1/models/..%2f..%2fetc%2fpasswd")).StatusCode);
    }
}
