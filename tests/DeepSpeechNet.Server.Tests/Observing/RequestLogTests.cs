using System.Diagnostics.Metrics;
using System.Net;
using System.Net.WebSockets;
using DeepSpeechNet.Server.Observing;

namespace DeepSpeechNet.Server.Tests.Observing;

public sealed class RequestLogTests
{
    [Fact]
    public async Task The_log_tells_what_was_done_and_never_what_was_said()
    {
        await using TestServer server = await TestServer.StartAsync();
        byte[] speech = ToneSpeech.Wav(ToneSpeech.Say("bad cab"));
        await server.TranscribeAsync(speech, ("response_format", "verbose_json"), ("prompt", "secret"));
        await server.TranscribeAsync(speech, ("stream", "true"));
        await server.TranscribeAsync(speech, ("model", "secret"));
        await server.Http.GetAsync("/secret/path?key=secret");
        using ClientWebSocket socket = await server.ConnectAsync("/vosk");
        await socket.SayAsync("""{"config": {"phrase_list": ["cab"]}}""");
        await socket.SayAsync(SocketTalk.Pcm(ToneSpeech.Say("bad cab")));
        await socket.SayAsync("""{"eof" : 1}""");
        while (await socket.HearAsync() is not null)
        {
        }

        await server.Server.StopAsync();
        string log = server.Log.ToString();
        Assert.Contains("POST /v1/audio/transcriptions 200", log, StringComparison.Ordinal);
        Assert.Contains("0.7 s of sound", log, StringComparison.Ordinal);
        Assert.Contains("/v1/audio/transcriptions 404", log, StringComparison.Ordinal);
        foreach (string secret in (string[])["bad", "cab", "secret", "speech.wav"])
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_refusals_and_sound_are_counted()
    {
        Dictionary<string, double> sums = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == SpeechServer.MeterName)
                l.EnableMeasurementEvents(instrument);
        };
        void Add(string name, double value)
        {
            lock (sums)
                sums[name] = sums.GetValueOrDefault(name) + value;
        }

        listener.SetMeasurementEventCallback<long>((i, value, _, _) => Add(i.Name, value));
        listener.SetMeasurementEventCallback<double>((i, value, _, _) => Add(i.Name, value));
        listener.Start();
        await using TestServer server = await TestServer.StartAsync();
        await server.TranscribeAsync(ToneSpeech.Wav(ToneSpeech.Say("bad cab")));
        await server.TranscribeAsync([1, 2, 3]);
        await server.Server.StopAsync();

        // Servers of other tests may run at the same time and count too.
        Assert.True(sums["dsn.server.requests"] >= 2);
        Assert.True(sums["dsn.server.refusals"] >= 1);
        Assert.True(sums["dsn.server.audio"] >= 0.7);
    }

    [Fact]
    public async Task Health_and_readiness_are_told()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal("""{"status":"ok","sessions":0}""", await server.Http.GetStringAsync("/health"));
        Assert.Equal("""{"status":"ok","sessions":0}""", await server.Http.GetStringAsync("/ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync("/healthy")).StatusCode);
    }
}
