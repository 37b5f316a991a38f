using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DeepSpeechNet.Server.Tests.Live;

public sealed class LiveProtocolTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [InlineData("f32")]
    [InlineData("s16")]
    public async Task Samples_in_either_coding_become_updates_and_an_end(string format)
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/live");
        await socket.SayAsync($$"""{"type":"start","sampleRate":16000,"format":"{{format}}"}""");
        float[] speech = ToneSpeech.Say("bad cab");
        await socket.SayAsync(format == "f32" ? MemoryMarshal.AsBytes(speech.AsSpan()).ToArray() : SocketTalk.Pcm(speech));
        await socket.SayAsync("""{"type":"stop"}""");
        List<JsonElement> messages = await socket.HearAllAsync();
        Assert.Equal("ready", Type(messages[0]));
        Assert.Equal("tones", messages[0].GetProperty("model").GetString());
        JsonElement final = Assert.Single(messages, m => Type(m) == "final");
        Assert.Equal("bad cab", final.GetProperty("text").GetString());
        Assert.Equal(["bad", "cab"], final.GetProperty("words").EnumerateArray().Select(w => w.GetProperty("word").GetString()));
        Assert.Equal("end", Type(messages[^1]));
        Assert.InRange(messages[^1].GetProperty("duration").GetDouble(), 0.73, 0.75);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task The_networks_letters_come_with_their_times()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/live");
        await socket.SayAsync("""{"type":"start","format":"s16"}""");
        float[] samples = new float[3 * ToneSpeech.Rate];
        ToneSpeech.Say("bad cab").CopyTo(samples, ToneSpeech.Rate);
        await socket.SayAsync(SocketTalk.Pcm(samples));
        await socket.SayAsync("""{"type":"stop"}""");
        JsonElement final = Assert.Single(await socket.HearAllAsync(), m => Type(m) == "final");
        JsonElement[] letters = [.. final.GetProperty("letters").EnumerateArray()];
        Assert.Equal("bad cab", string.Concat(letters.Select(l => l[0].GetString())));
        for (int i = 0; i < letters.Length; i++)
        {
            // A letter is a gap of 40 ms and a tone of 60.
            double toneStart = 1 + (0.1 * i) + 0.04;
            Assert.InRange(letters[i][1].GetDouble(), toneStart - 0.03, toneStart + 0.07);
            Assert.InRange(letters[i][2].GetDouble(), 0.5, 1);
        }
    }

    [Fact]
    public async Task Hot_words_are_taken_and_bad_ones_refused()
    {
        using ClientWebSocket good = await _server.ConnectAsync("/live");
        await good.SayAsync("""{"type":"start","hotWords":["bad cab","face\t5"]}""");
        Assert.Contains("ready", await good.HearAsync(), StringComparison.Ordinal);
        using ClientWebSocket bad = await _server.ConnectAsync("/live");
        await bad.SayAsync("""{"type":"start","hotWords":["xyz"]}""");
        Assert.Null(await bad.HearAsync());
        Assert.Contains("xyz", bad.CloseStatusDescription, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("""{"type":"stop"}""")]
    [InlineData("""{"type":"start","format":"mp3"}""")]
    [InlineData("""{"type":"start","sampleRate":1}""")]
    [InlineData("""{"type":"start","sampleRate":1e99}""")]
    [InlineData("""{"type":"start","sampleRate":"fast"}""")]
    [InlineData("""{"type":"start","hotWords":7}""")]
    [InlineData("""{"type":["start"]}""")]
    public async Task A_bad_start_is_refused_with_the_code_for_it(string text)
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/live");
        await socket.SayAsync(text);
        Assert.Null(await socket.HearAsync());
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, socket.CloseStatus);
    }

    [Fact]
    public async Task Numbers_that_are_none_count_as_silence()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/live");
        await socket.SayAsync("""{"type":"start","format":"f32"}""");
        float[] samples = [.. Enumerable.Repeat(float.NaN, 1000), .. Enumerable.Repeat(float.PositiveInfinity, 1000), .. ToneSpeech.Say("bad cab")];
        await socket.SayAsync(MemoryMarshal.AsBytes(samples.AsSpan()).ToArray());
        await socket.SayAsync("""{"type":"stop"}""");
        Assert.Contains(await socket.HearAllAsync(), m => Type(m) == "final" && m.GetProperty("text").GetString() == "bad cab");
    }

    private static string? Type(JsonElement message) => message.GetProperty("type").GetString();
}
