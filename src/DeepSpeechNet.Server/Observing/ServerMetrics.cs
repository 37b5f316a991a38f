using System.Diagnostics.Metrics;

namespace DeepSpeechNet.Server.Observing;

/// <summary>
/// What the server counts, under the meter <see cref="SpeechServer.MeterName"/>: any listener of System.Diagnostics.Metrics reads it (dotnet-counters, OpenTelemetry).
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly Meter _meter = new(SpeechServer.MeterName);
    private readonly Counter<long> _requests;
    private readonly Counter<long> _refusals;
    private readonly Counter<double> _audio;
    private readonly Histogram<double> _upload;
    private readonly Histogram<double> _final;
    private readonly UpDownCounter<int> _sessions;

    public ServerMetrics()
    {
        _requests = _meter.CreateCounter<long>("dsn.server.requests", "{request}", "HTTP requests answered, by route and status.");
        _refusals = _meter.CreateCounter<long>("dsn.server.refusals", "{refusal}", "Requests and sessions refused or cut off, by reason.");
        _audio = _meter.CreateCounter<double>("dsn.server.audio", "s", "Sound recognised, by source.");
        _upload = _meter.CreateHistogram<double>("dsn.server.upload.duration", "s", "Time from an upload's turn to its answer.");
        _final = _meter.CreateHistogram<double>("dsn.server.final.latency", "s", "Time from a stream's end marker to its last final text.");
        _sessions = _meter.CreateUpDownCounter<int>("dsn.server.sessions", "{session}", "WebSocket sessions open, by protocol.");
    }

    public void Answered(string route, int status) => _requests.Add(1, new("route", route), new("status", status));

    public void Refused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Transcribed(TimeSpan audio, TimeSpan took, string source)
    {
        Heard(audio, source);
        _upload.Record(took.TotalSeconds);
    }

    public void Heard(TimeSpan audio, string source) => _audio.Add(audio.TotalSeconds, new KeyValuePair<string, object?>("source", source));

    public void FinalAfter(TimeSpan latency) => _final.Record(latency.TotalSeconds);

    public void SessionOpened(string protocol) => _sessions.Add(1, new KeyValuePair<string, object?>("protocol", protocol));

    public void SessionClosed(string protocol) => _sessions.Add(-1, new KeyValuePair<string, object?>("protocol", protocol));

    public void Dispose() => _meter.Dispose();
}
