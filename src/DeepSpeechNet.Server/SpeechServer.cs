using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DeepSpeechNet.Server.Live;
using DeepSpeechNet.Server.Observing;
using DeepSpeechNet.Server.OpenAi;
using DeepSpeechNet.Server.Security;
using DeepSpeechNet.Server.Sockets;
using DeepSpeechNet.Server.Uploads;
using DeepSpeechNet.Server.Vosk;
using DeepSpeechNet.Speech.Recognition;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DeepSpeechNet.Server;

/// <summary>
/// Speech recognition for other programs: OpenAI's transcription requests, Vosk's WebSocket protocol, and a page for people, over one recogniser. It owns
/// neither the recogniser nor what its log is written to. Start it once, stop it once; disposing stops it without waiting for clients.
/// </summary>
public sealed class SpeechServer : IAsyncDisposable
{
    /// <summary>The name of the meter (System.Diagnostics.Metrics) under which the server counts.</summary>
    public const string MeterName = "DeepSpeechNet.Server";

    /// <summary>What a form may have beside the recording, in bytes.</summary>
    internal const int FormSlack = 1 << 18;

    private const string VoskMark = "dsn.vosk";

    private readonly WebApplication _app;
    private readonly ServerOptions _options;
    private readonly ServerMetrics _metrics = new();
    private readonly Health _health = new();
    private readonly AddressSlots _sessions;
    private readonly AddressSlots _connections;
    private readonly UploadGate _gate;
    private readonly CallerRate _rate;
    private readonly X509Certificate2? _certificate;

    /// <summary>Creates a server that does not listen yet.</summary>
    /// <param name="recognizer">What recognises; it must live longer than the server.</param>
    /// <param name="options">Where to listen, whom to answer.</param>
    /// <param name="logging">Where the log goes; null for nowhere. No text that was recognised is ever logged.</param>
    /// <param name="time">The clock of idle times and certificates; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidDataException">The certificate cannot be used.</exception>
    /// <exception cref="FileNotFoundException">There is no certificate.</exception>
    public SpeechServer(Recognizer recognizer, ServerOptions? options = null, Action<ILoggingBuilder>? logging = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        _options = options ?? new ServerOptions();
        _options.Validate();
        TimeProvider clock = time ?? TimeProvider.System;
        _certificate = _options.Tls is { } tls ? CertificateSource.Load(tls, clock) : null;
        _sessions = new AddressSlots(_options.Limits.Sessions, _options.Limits.SessionsPerAddress);
        _connections = new AddressSlots(_options.Limits.Connections, _options.Limits.ConnectionsPerAddress);
        _gate = new UploadGate(_options.Limits);
        _rate = new CallerRate(_options.Limits);
        _app = Build(logging);
        Map(recognizer, clock);
    }

    /// <summary>Where the server listens, once it was started: its own port first, then Vosk's.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>The SHA-256 digest of the certificate in hexadecimal, by which a person knows it in a browser; null without encryption.</summary>
    public string? CertificateDigest => _certificate?.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The port is taken, or may not be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        ICollection<string> found = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Addresses = [.. found.Select(a => new Uri(a))];
    }

    /// <summary>Stops: no new work is taken, streams get their final texts and are closed, uploads are answered, all within the time that the limits give.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <summary>Waits until something asks the server to stop (Ctrl-C, a signal, the token), and stops it.</summary>
    public async Task WaitForStopAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration asked = _app.Lifetime.ApplicationStopping.Register(() => stop.TrySetResult());
        using CancellationTokenRegistration cancelled = cancellationToken.Register(() => stop.TrySetResult());
        await stop.Task.ConfigureAwait(false);
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _gate.Dispose();
        _rate.Dispose();
        _certificate?.Dispose();
    }

    private WebApplication Build(Action<ILoggingBuilder>? logging)
    {
        // An empty builder: no configuration files, no environment variables, nothing that a stranger's working folder could bring in.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = _options.Limits.ShutdownTime);
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        logging?.Invoke(builder.Logging);
        return builder.Build();
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        ServerLimits limits = _options.Limits;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = limits.UploadBytes + FormSlack;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(5));
        Listen(kestrel, _options.Port, vosk: false);
        if (_options.VoskPort is { } port)
            Listen(kestrel, port, vosk: true);
    }

    private void Listen(KestrelServerOptions kestrel, int port, bool vosk) => kestrel.Listen(_options.Address, port, listen =>
    {
        // WebSockets need HTTP/1.1.
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => async connection =>
        {
            using IDisposable? place = _connections.TryTake((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
            if (place is not null)
            {
                await next(connection).ConfigureAwait(false);
                return;
            }

            _metrics.Refused("too_many_connections");
            connection.Abort();
        });
        if (vosk)
        {
            listen.Use(next => connection =>
            {
                connection.Items[VoskMark] = true;
                return next(connection);
            });
        }

        if (_certificate is not null)
            listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = _certificate, HandshakeTimeout = TimeSpan.FromSeconds(10) });
    });

    private void Map(Recognizer recognizer, TimeProvider time)
    {
        ILogger logger = _app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("DeepSpeechNet.Server");
        RequestLog log = new(logger, _metrics, _health);
        CallerCheck check = new(_options);
        ApiKeys keys = new(_options.ApiKeys);
        SocketHost sockets = new(_options.Limits, _sessions, new PausedCallers(_options.Limits.FloodPause, time), _metrics, _health, time, logger, _app.Lifetime.ApplicationStopping);
        VoskProtocol vosk = new(recognizer, _options, _metrics);
        LiveProtocol live = new(recognizer, _options, _metrics);
        TranscriptionEndpoint transcriptions = new(recognizer, _options, _gate, _metrics, _health);
        ModelsEndpoint models = new(_options, time.GetUtcNow());
        HealthEndpoint health = new(_health, () => _app.Lifetime.ApplicationStopping.IsCancellationRequested, () => _sessions.Count);
        LivePage page = new();

        Task Vosk(HttpContext context)
        {
            context.Items[RequestLog.RouteName] = "vosk";
            return Guarded(context, keys, c => sockets.HandleAsync(c, "vosk", vosk.RunAsync));
        }

        _app.Use(next => context => log.HandleAsync(context, next));
        _app.Use(next => context => Check(context, check, next));
        _app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(20) });
        _app.Use(next => context => context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(VoskMark) == true ? Vosk(context) : next(context));
        _app.UseRouting();
        _app.MapPost("/v1/audio/transcriptions", (RequestDelegate)(c => Guarded(c, keys, transcriptions.HandleAsync)));
        _app.MapGet("/v1/models", (RequestDelegate)(c => Guarded(c, keys, models.ListAsync)));
        _app.MapGet("/v1/models/{name}", (RequestDelegate)(c => Guarded(c, keys, models.GetAsync)));
        _app.MapGet("/vosk", (RequestDelegate)Vosk);
        _app.MapGet("/live", (RequestDelegate)(c => Guarded(c, keys, d => sockets.HandleAsync(d, "live", live.RunAsync))));
        _app.MapGet("/health", (RequestDelegate)health.HealthAsync);
        _app.MapGet("/ready", (RequestDelegate)health.ReadyAsync);
        foreach (string name in page.Names)
            _app.MapMethods(name == "index.html" ? "/" : "/" + name, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)(c => page.HandleAsync(c, name)));
        _app.MapFallback("{*path}", (RequestDelegate)(_ => throw new RefusalException(StatusCodes.Status404NotFound, "There is nothing at this path.", code: "not_found")));
        ((IApplicationBuilder)_app).UseEndpoints(_ => { });
    }

    private static Task Check(HttpContext context, CallerCheck check, RequestDelegate next)
    {
        check.Check(context);
        if (!HttpMethods.IsOptions(context.Request.Method))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task Guarded(HttpContext context, ApiKeys keys, RequestDelegate next)
    {
        _rate.Count(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (!keys.Admits(context))
            throw new RefusalException(StatusCodes.Status401Unauthorized, "An API key is missing or wrong; send it as 'Authorization: Bearer KEY'.", code: "invalid_api_key");
        return next(context);
    }
}
