using System.Net.WebSockets;
using System.Text.Json;

namespace DeepSpeechNet.Server.Tests.Vosk;

public sealed class VoskProtocolTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(new ServerOptions { VoskPort = 0 });

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Every_message_of_samples_has_one_answer_and_the_end_has_the_rest()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/vosk");
        await socket.SayAsync("""{ "config" : { "sample_rate" : 16000 } }""");
        List<string> answers = await SendAsync(socket, SocketTalk.Pcm(ToneSpeech.Say("bad cab")), 6400);
        Assert.All(answers, a => Assert.StartsWith("{\n  \"partial\" : \"", a, StringComparison.Ordinal));
        await socket.SayAsync("""{"eof" : 1}""");
        JsonElement final = JsonSerializer.Deserialize<JsonElement>(await socket.HearAsync() ?? "");
        Assert.Equal("bad cab", final.GetProperty("text").GetString());
        Assert.Equal(["bad", "cab"], final.GetProperty("result").EnumerateArray().Select(w => w.GetProperty("word").GetString()));
        Assert.Null(await socket.HearAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task The_port_of_its_own_speaks_the_protocol_on_any_path()
    {
        foreach (string path in (string[])["/", "/asr/en/", "/v1/models"])
        {
            using ClientWebSocket socket = await _server.ConnectAsync(path, address: 1);
            await socket.SayAsync("""{"eof" : 1}""");
            Assert.Equal("{\n  \"text\" : \"\"\n}", await socket.HearAsync());
        }
    }

    [Fact]
    public async Task An_utterance_that_ends_is_a_result_and_times_go_on()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/vosk");
        float[] samples = new float[7 * ToneSpeech.Rate];
        ToneSpeech.Say("bad").CopyTo(samples, 0);
        ToneSpeech.Say("egg").CopyTo(samples, 4 * ToneSpeech.Rate);
        List<string> answers = await SendAsync(socket, SocketTalk.Pcm(samples), 6400);
        await socket.SayAsync("""{"eof" : 1}""");
        answers.Add(await socket.HearAsync() ?? "");
        JsonElement[] results = [.. answers.Select(a => JsonSerializer.Deserialize<JsonElement>(a)).Where(a => a.TryGetProperty("result", out _))];
        JsonElement[] words = [.. results.SelectMany(r => r.GetProperty("result").EnumerateArray())];
        Assert.Equal(["bad", "egg"], words.Select(w => w.GetProperty("word").GetString()));
        Assert.InRange(words[1].GetProperty("start").GetDouble(), 3.9, 4.2);
    }

    [Fact]
    public async Task A_reset_tells_what_was_heard_and_goes_on()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/vosk");
        await SendAsync(socket, SocketTalk.Pcm(ToneSpeech.Say("bad cab")), 100_000);
        await socket.SayAsync("""{"reset" : 1}""");
        Assert.Contains("\"bad cab\"", await socket.HearAsync(), StringComparison.Ordinal);
        await SendAsync(socket, SocketTalk.Pcm(ToneSpeech.Say("egg")), 100_000);
        await socket.SayAsync("""{"eof" : 1}""");
        JsonElement final = JsonSerializer.Deserialize<JsonElement>(await socket.HearAsync() ?? "");
        Assert.Equal("egg", final.GetProperty("text").GetString());
        Assert.InRange(final.GetProperty("result")[0].GetProperty("start").GetDouble(), 0.7, 0.85);
    }

    [Fact]
    public async Task Alternatives_and_phrases_and_no_words()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/vosk");
        await socket.SayAsync("""{"config": {"sample_rate": 16000, "max_alternatives": 3, "words": false, "phrase_list": ["bad cab", "[unk]", "xyz"]}}""");
        await SendAsync(socket, SocketTalk.Pcm(ToneSpeech.Say("bad cab")), 100_000);
        await socket.SayAsync("""{"eof" : 1}""");
        JsonElement final = JsonSerializer.Deserialize<JsonElement>(await socket.HearAsync() ?? "");
        JsonElement[] readings = [.. final.GetProperty("alternatives").EnumerateArray()];
        Assert.Equal("bad cab", readings[0].GetProperty("text").GetString());
        Assert.InRange(readings.Length, 1, 3);
        Assert.False(readings[0].TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Other_rates_are_resampled()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/vosk");
        await socket.SayAsync("""{"config": {"sample_rate": 48000}}""");
        Audio.Processing.Resampler resampler = new(16000, 48000);
        float[] speech = ToneSpeech.Say("bad cab"), fast = new float[resampler.MaximumOutputCount(speech.Length) + resampler.MaximumFlushCount];
        int count = resampler.Process(speech, fast);
        count += resampler.Flush(fast.AsSpan(count));
        await SendAsync(socket, SocketTalk.Pcm(fast[..count]), 19200);
        await socket.SayAsync("""{"eof":1}""");
        Assert.Contains("\"bad cab\"", await socket.HearAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_byte_at_a_time_is_slow_and_right()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/vosk");
        byte[] samples = SocketTalk.Pcm(ToneSpeech.Say("bad cab"));
        foreach (byte one in samples[..101])
            Assert.Single(await SendAsync(socket, [one], 1));
        await SendAsync(socket, samples[101..], 6401);
        await socket.SayAsync("""{"eof":1}""");
        Assert.Contains("\"bad cab\"", await socket.HearAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_samples_break_nothing()
    {
        byte[] garbage = new byte[100_001];
        new Random(1).NextBytes(garbage);
        using ClientWebSocket socket = await _server.ConnectAsync("/vosk");
        await SendAsync(socket, garbage, 6400);
        await socket.SayAsync("""{"eof":1}""");
        Assert.Contains("\"text\"", await socket.HearAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_text_ends_the_session_with_the_code_for_it()
    {
        using ClientWebSocket socket = await _server.ConnectAsync("/vosk");
        await socket.SayAsync("what is this?");
        Assert.Null(await socket.HearAsync());
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, socket.CloseStatus);
    }

    private static async Task<List<string>> SendAsync(ClientWebSocket socket, byte[] bytes, int chunk)
    {
        List<string> answers = [];
        for (int at = 0; at < bytes.Length; at += chunk)
        {
            await socket.SayAsync(bytes.AsMemory(at, Math.Min(chunk, bytes.Length - at)));
            answers.Add(await socket.HearAsync() ?? throw new InvalidOperationException("The server closed."));
        }

        return answers;
    }
}
