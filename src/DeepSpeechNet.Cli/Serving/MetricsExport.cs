using DeepSpeechNet.Server;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace DeepSpeechNet.Cli.Serving;

/// <summary>Sends what the server and the runtime count to an OpenTelemetry collector, once a minute and at the end.</summary>
internal static class MetricsExport
{
    private const string MetricsPath = "/v1/metrics";

    /// <summary>Where figures go: the address itself, or the usual path of an address without one.</summary>
    /// <exception cref="UsageException">It is no address of a collector.</exception>
    public static Uri Collector(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            throw new UsageException($"--otlp is {url}; it must be the address of a collector, such as http://127.0.0.1:4318.");
        return uri.AbsolutePath == "/" ? new Uri(uri, MetricsPath) : uri;
    }

    /// <summary>Starts to send; disposing of the result sends the last figures and ends it.</summary>
    public static IDisposable Start(Uri collector) => Sdk.CreateMeterProviderBuilder()
        .AddMeter(SpeechServer.MeterName, "System.Runtime")
        .AddOtlpExporter(options =>
        {
            options.Endpoint = collector;
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
        })
        .Build();
}
