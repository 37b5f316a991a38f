using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace DeepSpeechNet.Server.Tests.OpenAi;

public sealed class TranscriptionEndpointTests : IAsyncLifetime
{
    private static readonly byte[] Speech = ToneSpeech.Wav(ToneSpeech.Say("bad cab"));

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(limits: new ServerLimits { UploadBytes = 4 << 20, UploadDuration = TimeSpan.FromMinutes(2) });

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task The_plain_answer_has_the_text_and_what_it_cost()
    {
        HttpResponseMessage answer = await _server.TranscribeAsync(Speech);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("""{"text":"bad cab","usage":{"type":"duration","seconds":1}}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("text", "text/plain", "^bad cab\n$")]
    [InlineData("srt", "application/x-subrip", "^1\n00:00:00,0[0-9]+ --> 00:00:00,7[0-9]+\nbad cab\n\n$")]
    [InlineData("vtt", "text/vtt", "^WEBVTT\n\n00:00:00.0[0-9]+ --> 00:00:00.7[0-9]+\nbad cab\n\n$")]
    public async Task Other_formats_are_whole_files(string format, string type, string expected)
    {
        HttpResponseMessage answer = await _server.TranscribeAsync(Speech, ("response_format", format));
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Matches(expected, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_verbose_answer_has_all_ten_fields_of_each_segment()
    {
        JsonElement answer = await JsonAsync(await _server.TranscribeAsync(Speech, ("response_format", "verbose_json")));
        Assert.Equal("transcribe", answer.GetProperty("task").GetString());
        Assert.Equal("bad cab", answer.GetProperty("text").GetString());
        Assert.InRange(answer.GetProperty("duration").GetDouble(), 0.73, 0.75);
        JsonElement segment = Assert.Single(answer.GetProperty("segments").EnumerateArray());
        Assert.Equal(
            ["id", "seek", "start", "end", "text", "tokens", "temperature", "avg_logprob", "compression_ratio", "no_speech_prob"],
            segment.EnumerateObject().Select(p => p.Name));
        Assert.Equal([2, 1, 4, 0, 3, 1, 2], segment.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32()));
        Assert.InRange(segment.GetProperty("avg_logprob").GetDouble(), -1, 0);
        Assert.InRange(segment.GetProperty("no_speech_prob").GetDouble(), 0, 0.5);
        Assert.False(answer.TryGetProperty("words", out _));
    }

    [Fact]
    public async Task Words_have_times_when_they_are_asked_for()
    {
        JsonElement answer = await JsonAsync(await _server.TranscribeAsync(Speech, ("response_format", "verbose_json"), ("timestamp_granularities[]", "word")));
        JsonElement[] words = [.. answer.GetProperty("words").EnumerateArray()];
        Assert.Equal(["bad", "cab"], words.Select(w => w.GetProperty("word").GetString()));

        // The second word's first tone begins after four tones and five gaps.
        Assert.InRange(words[1].GetProperty("start").GetDouble(), 0.40, 0.48);
        Assert.False(answer.TryGetProperty("segments", out _));
        answer = await JsonAsync(await _server.TranscribeAsync(Speech, ("response_format", "verbose_json"), ("timestamp_granularities[]", "word"), ("timestamp_granularities[]", "segment")));
        Assert.True(answer.TryGetProperty("segments", out _) && answer.TryGetProperty("words", out _));
    }

    [Fact]
    public async Task A_streamed_answer_is_deltas_that_make_the_text_and_the_text()
    {
        HttpResponseMessage answer = await _server.TranscribeAsync(LongSpeech(), ("stream", "true"));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        string[] blocks = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        JsonElement[] events = [.. blocks.Select(b => JsonSerializer.Deserialize<JsonElement>(b["data: ".Length..]))];
        Assert.All(events[..^1], e => Assert.Equal("transcript.text.delta", e.GetProperty("type").GetString()));
        Assert.Equal("transcript.text.done", events[^1].GetProperty("type").GetString());
        Assert.Equal("bad cab face egg", events[^1].GetProperty("text").GetString());
        Assert.Equal("bad cab face egg", string.Concat(events[..^1].Select(e => e.GetProperty("delta").GetString())));
        Assert.True(events.Length > 2);
    }

    [Fact]
    public async Task A_recording_longer_than_an_utterance_is_cut_at_its_pauses()
    {
        JsonElement answer = await JsonAsync(await _server.TranscribeAsync(LongSpeech(), ("response_format", "verbose_json")));
        Assert.Equal(["bad cab", "face egg"], answer.GetProperty("segments").EnumerateArray().Select(s => s.GetProperty("text").GetString()));
        Assert.InRange(answer.GetProperty("segments")[1].GetProperty("start").GetDouble(), 20.6, 20.9);
        Assert.InRange(answer.GetProperty("duration").GetDouble(), 39, 42);
    }

    [Fact]
    public async Task Silence_gives_no_words()
    {
        JsonElement answer = await JsonAsync(await _server.TranscribeAsync(ToneSpeech.Wav(new float[16000]), ("response_format", "verbose_json")));
        Assert.Equal("", answer.GetProperty("text").GetString());
        Assert.Empty(answer.GetProperty("segments").EnumerateArray());
    }

    [Fact]
    public async Task Logarithms_of_probabilities_come_when_included()
    {
        JsonElement answer = await JsonAsync(await _server.TranscribeAsync(Speech, ("include[]", "logprobs")));
        Assert.Equal(["bad", " cab"], answer.GetProperty("logprobs").EnumerateArray().Select(l => l.GetProperty("token").GetString()));
    }

    [Fact]
    public async Task Keywords_are_hot_words()
    {
        Assert.Equal(HttpStatusCode.OK, (await _server.TranscribeAsync(Speech, ("keywords[]", "bad"), ("keywords[]", "cab"))).StatusCode);
        await ExpectErrorAsync(await _server.TranscribeAsync(Speech, ("keywords[]", "xyz")), HttpStatusCode.BadRequest, "keywords", "alphabet");
    }

    [Theory]
    [InlineData("model", "gpt-5", HttpStatusCode.NotFound, "model", "no such model")]
    [InlineData("model", "../../etc/passwd", HttpStatusCode.NotFound, "model", "no such model")]
    [InlineData("model", "", HttpStatusCode.BadRequest, "model", "missing")]
    [InlineData("response_format", "xml", HttpStatusCode.BadRequest, "response_format", "none of")]
    [InlineData("temperature", "hot", HttpStatusCode.BadRequest, "temperature", "0 to 1")]
    [InlineData("stream", "perhaps", HttpStatusCode.BadRequest, "stream", "true or false")]
    [InlineData("timestamp_granularities[]", "word", HttpStatusCode.BadRequest, "timestamp_granularities", "verbose_json only")]
    public async Task Fields_that_make_no_sense_are_named(string field, string value, HttpStatusCode status, string parameter, string part) =>
        await ExpectErrorAsync(await _server.TranscribeAsync(Speech, (field, value)), status, parameter, part);

    [Fact]
    public async Task An_alias_is_the_model() => Assert.Equal(HttpStatusCode.OK, (await _server.TranscribeAsync(Speech, ("model", "whisper-1"))).StatusCode);

    [Fact]
    public async Task A_form_without_a_file_is_refused() =>
        await ExpectErrorAsync(await _server.PostAsync(TestServer.Form(null)), HttpStatusCode.BadRequest, "file", "missing");

    [Fact]
    public async Task A_body_that_is_no_form_is_refused() =>
        await ExpectErrorAsync(await _server.PostAsync(new StringContent("{}", Encoding.UTF8, "application/json")), HttpStatusCode.UnsupportedMediaType, null, "multipart");

    [Fact]
    public async Task A_form_that_is_cut_is_refused()
    {
        ByteArrayContent body = new(Encoding.ASCII.GetBytes("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nRIFF"));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await ExpectErrorAsync(await _server.PostAsync(body), HttpStatusCode.BadRequest, null, "form");
    }

    [Fact]
    public async Task What_is_no_sound_is_refused()
    {
        await ExpectErrorAsync(await _server.TranscribeAsync("this is text, not sound"u8.ToArray()), HttpStatusCode.BadRequest, "file", "text, not audio");
        await ExpectErrorAsync(await _server.TranscribeAsync(Speech[..44]), HttpStatusCode.BadRequest, "file", "no samples");
        await ExpectErrorAsync(await _server.TranscribeAsync([]), HttpStatusCode.BadRequest, "file", "empty");
    }

    [Fact]
    public async Task Native_code_reads_no_uploads_unless_allowed() =>
        await ExpectErrorAsync(await _server.TranscribeAsync([.. "OggS"u8, .. new byte[600]]), HttpStatusCode.BadRequest, "file", "only WAV and FLAC");

    [Fact]
    public async Task Too_much_is_refused_by_size_and_by_length()
    {
        await ExpectErrorAsync(await _server.TranscribeAsync(new byte[5 << 20]), HttpStatusCode.RequestEntityTooLarge, null, "larger");

        // Two minutes are allowed; these are three, at 8 kHz, in less than the bytes allowed.
        using MemoryStream stream = new();
        using (Audio.Files.WavWriter writer = new(stream, 8000, 1, Audio.Files.WavSampleFormat.Pcm16))
            writer.Write(new float[180 * 8000]);
        await ExpectErrorAsync(await _server.TranscribeAsync(stream.ToArray()), HttpStatusCode.RequestEntityTooLarge, "file", "2 minutes");
    }

    [Fact]
    public async Task What_the_client_calls_its_file_opens_nothing()
    {
        foreach (string name in (string[])["../../../etc/passwd", "C:\\windows\\win.ini", new string('n', 4000), "a\u0001b.wav"])
        {
            MultipartFormDataContent form = new() { { new StringContent("tones"), "model" } };
            ByteArrayContent file = new(Speech);
            file.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file\"; filename=\"{name}\"");
            form.Add(file);
            HttpResponseMessage answer = await _server.PostAsync(form);
            string text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK ? text.Contains("bad cab", StringComparison.Ordinal) : (int)answer.StatusCode == 400, text);
        }
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task ExpectErrorAsync(HttpResponseMessage answer, HttpStatusCode status, string? parameter, string part)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode} {text}");
        JsonElement error = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(p => p.Name));
        Assert.Contains(part, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        if (parameter is not null)
            Assert.Equal(parameter, error.GetProperty("param").GetString());
    }

    /// <summary>Two phrases, twenty seconds apart, with silence to forty seconds.</summary>
    private static byte[] LongSpeech()
    {
        float[] first = ToneSpeech.Say("bad cab"), second = ToneSpeech.Say("face egg"), all = new float[41 * ToneSpeech.Rate];
        first.CopyTo(all, 0);
        second.CopyTo(all, (int)(20.7 * ToneSpeech.Rate));
        return ToneSpeech.Wav(all);
    }
}
