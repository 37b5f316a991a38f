using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DeepSpeechNet.Cli.Serving;
using DeepSpeechNet.Server;

namespace DeepSpeechNet.Cli.Tests.Serving;

public sealed class MetricsExportTests
{
    [Theory]
    [InlineData("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/metrics")]
    [InlineData("https://collector.example/", "https://collector.example/v1/metrics")]
    [InlineData("http://10.0.0.1/otlp/v1/metrics", "http://10.0.0.1/otlp/v1/metrics")]
    public void An_address_without_a_path_gets_the_usual_one(string url, string expected) => Assert.Equal(expected, MetricsExport.Collector(url).ToString());

    [Theory]
    [InlineData("collector:4318")]
    [InlineData("ftp://collector")]
    [InlineData("")]
    public void What_is_no_collector_is_wrong_usage(string url) => Assert.Throws<UsageException>(() => MetricsExport.Collector(url));

    [Fact]
    public async Task The_last_figures_are_sent_at_the_end()
    {
        using TcpListener collector = new(IPAddress.Loopback, 0);
        collector.Start();
        Task<string> sent = AnswerAsync(collector);
        using (Meter meter = new(SpeechServer.MeterName))
        using (MetricsExport.Start(MetricsExport.Collector($"http://{collector.LocalEndpoint}")))
            meter.CreateCounter<long>("dsn.server.requests").Add(7);
        string request = await sent;
        Assert.StartsWith("POST /v1/metrics ", request, StringComparison.Ordinal);
        Assert.Contains("dsn.server.requests", request, StringComparison.Ordinal);
    }

    /// <summary>Takes one request, says that all is well, and gives the request's bytes.</summary>
    private static async Task<string> AnswerAsync(TcpListener collector)
    {
        using TcpClient client = await collector.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        StringBuilder request = new();
        byte[] buffer = new byte[1 << 16];
        while (!IsWhole(request.ToString()))
        {
            int count = await stream.ReadAsync(buffer);
            Assert.NotEqual(0, count);
            request.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        return request.ToString();
    }

    private static bool IsWhole(string request)
    {
        int body = request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        if (body < 4)
            return false;
        const string Mark = "Content-Length: ";
        int at = request.IndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        return at < 0 || at > body
            ? request.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
            : request.Length - body >= int.Parse(request[(at + Mark.Length)..request.IndexOf("\r\n", at, StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
    }
}
