using System.CommandLine;
using System.Net;
using DeepSpeechNet.Cli.Serving;
using DeepSpeechNet.Server;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn serve</c>: recognition for other programs, and a page for people.</summary>
internal sealed class ServeCommand
{
    private static readonly ServerOptions Defaults = new();

    private readonly Option<string> _address = new("--address") { Description = "The address to listen at; 0.0.0.0 for all of this machine.", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<int> _port = new("--port", "-p") { Description = "The port; 0 for one that is free.", DefaultValueFactory = _ => Defaults.Port };
    private readonly Option<int?> _voskPort = new("--vosk-port") { Description = "A second port that speaks Vosk's protocol on any path, as its clients expect (2700); /vosk on the first port always does." };
    private readonly Option<bool> _https = new("--https") { Description = "Encrypt connections, with a certificate that is made and kept unless --certificate names one. Phones give a page their microphone over https only." };
    private readonly Option<string?> _certificate = new("--certificate") { Description = "A certificate with its key (.pfx, or .pem with --certificate-key); implies --https. The password, if any, is read from DSN_CERTIFICATE_PASSWORD." };
    private readonly Option<string?> _certificateKey = new("--certificate-key") { Description = "The key of a .pem certificate." };
    private readonly Option<string?> _keys = new("--api-keys") { Description = "A file of keys, one a line, one of which a caller must show. DSN_API_KEY holds another." };
    private readonly Option<string[]> _hosts = new("--allow-host") { Description = "A name by which the server is reached, beside localhost, this machine's name and addresses." };
    private readonly Option<string[]> _origins = new("--allow-origin") { Description = "An origin of web pages that may call, such as https://example.org." };
    private readonly Option<string?> _name = new("--model-name") { Description = "The model's name on the wire. Default: the name of its folder." };
    private readonly Option<string[]> _aliases = new("--model-alias") { Description = "Another name by which clients may ask for the model. Default: whisper-1." };
    private readonly Option<bool> _libSndFile = new("--allow-libsndfile") { Description = "Let libsndfile, which is native code, read uploads in formats other than WAV and FLAC." };
    private readonly Option<int> _sessions = new("--max-sessions") { Description = "WebSocket streams at once.", DefaultValueFactory = _ => Defaults.Limits.Sessions };
    private readonly Option<int?> _addressSessions = new("--max-sessions-per-address") { Description = "WebSocket streams at once of one address. Default: half of --max-sessions." };
    private readonly Option<int> _requests = new("--max-requests") { Description = "Uploads that are recognised at once.", DefaultValueFactory = _ => Defaults.Limits.ConcurrentRequests };
    private readonly Option<int> _rate = new("--max-rate") { Description = "Requests and new streams of one address a minute.", DefaultValueFactory = _ => Defaults.Limits.RequestsPerMinute };
    private readonly Option<int> _upload = new("--max-upload") { Description = "The largest upload, in megabytes.", DefaultValueFactory = _ => (int)(Defaults.Limits.UploadBytes >> 20) };
    private readonly Option<double> _idle = new("--idle") { Description = "Seconds without a message after which a stream is closed.", DefaultValueFactory = _ => Defaults.Limits.IdleTime.TotalSeconds };
    private readonly Option<string> _log = new("--log") { Description = "How the log is written: text, json or none. It never holds what was said.", DefaultValueFactory = _ => "text" };
    private readonly Option<string?> _otlp = new("--otlp") { Description = "Send the server's figures to this OpenTelemetry collector, by OTLP over HTTP, such as http://127.0.0.1:4318." };
    private readonly RecognizerArguments _recognizer = new();
    private readonly CommandConsole _console;

    private ServeCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        ServeCommand self = new(console);
        self._log.AcceptOnlyFromAmong("text", "json", "none");
        Command command = new("serve", "Serve OpenAI's transcription requests, Vosk's WebSocket protocol and a live page.")
        {
            self._address, self._port, self._voskPort, self._https, self._certificate, self._certificateKey, self._keys, self._hosts, self._origins, self._name, self._aliases,
            self._libSndFile, self._sessions, self._addressSessions, self._requests, self._rate, self._upload, self._idle, self._log, self._otlp,
        };
        self._recognizer.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ServerOptions options = Options(parsed);
        UsageException.Check(options.Validate);
        Uri? collector = parsed.GetValue(_otlp) is { } url ? MetricsExport.Collector(url) : null;
        await using Recognizer recognizer = _recognizer.Load(parsed);
        options = options with { Transcription = _recognizer.Complete(parsed, new TranscriptionOptions { BeamWidth = _recognizer.Beam(parsed) }, recognizer, _console) };
        await using SpeechServer server = new(recognizer, options, new ServerLogging(_console, parsed.GetRequiredValue(_log)).Configure);
        using IDisposable? export = collector is null ? null : MetricsExport.Start(collector);
        await server.StartAsync(cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < server.Addresses.Count; i++)
            _console.Line(i == 0 ? $"{options.ModelName} at {server.Addresses[i]}" : $"Vosk's protocol at {VoskAddress(server.Addresses[i])}");
        if (server.CertificateDigest is { } digest)
            _console.Line($"certificate SHA-256 {digest}");
        if (!IPAddress.IsLoopback(options.Address) && options.ApiKeys.Count == 0)
            _console.Say("anybody who reaches this address may use the server: give it keys with --api-keys.");
        await server.WaitForStopAsync(cancellationToken).ConfigureAwait(false);
        _console.Line("stopped");
        return 0;
    }

    private ServerOptions Options(ParseResult parsed)
    {
        if (!IPAddress.TryParse(parsed.GetRequiredValue(_address), out IPAddress? address))
            throw new UsageException($"--address is {parsed.GetRequiredValue(_address)}; it must be an address such as 127.0.0.1 or 0.0.0.0.");
        if (!(parsed.GetValue(_idle) is >= 0.1 and <= 86400))
            throw new UsageException($"--idle is {parsed.GetValue(_idle)}; it must be 0.1 to 86400 seconds.");
        string[] aliases = parsed.GetValue(_aliases) ?? [];
        return new ServerOptions
        {
            Address = address,
            Port = parsed.GetValue(_port),
            VoskPort = parsed.GetValue(_voskPort),
            Tls = Tls(parsed),
            ApiKeys = Keys(parsed.GetValue(_keys)),
            AllowedHosts = parsed.GetValue(_hosts) ?? [],
            AllowedOrigins = parsed.GetValue(_origins) ?? [],
            ModelName = parsed.GetValue(_name) ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_recognizer.Model(parsed)))),
            ModelAliases = aliases.Length > 0 ? aliases : Defaults.ModelAliases,
            AllowLibSndFile = parsed.GetValue(_libSndFile),
            Limits = Defaults.Limits with
            {
                Sessions = parsed.GetValue(_sessions),
                SessionsPerAddress = parsed.GetValue(_addressSessions) ?? (parsed.GetValue(_sessions) + 1) / 2,
                ConcurrentRequests = parsed.GetValue(_requests),
                RequestsPerMinute = parsed.GetValue(_rate),
                UploadBytes = (long)parsed.GetValue(_upload) << 20,
                IdleTime = TimeSpan.FromSeconds(parsed.GetValue(_idle)),
            },
        };
    }

    private TlsOptions? Tls(ParseResult parsed)
    {
        string? path = parsed.GetValue(_certificate), password = Environment.GetEnvironmentVariable("DSN_CERTIFICATE_PASSWORD");
        if (path is not null)
            return new TlsOptions { CertificatePath = path, KeyPath = parsed.GetValue(_certificateKey), Password = string.IsNullOrEmpty(password) ? null : password };
        if (parsed.GetValue(_certificateKey) is not null)
            throw new UsageException("--certificate-key goes with --certificate.");
        if (!parsed.GetValue(_https))
            return null;
        string folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new TlsOptions { CertificatePath = Path.Combine(folder, "DeepSpeechNet", "server.pfx"), Generate = true };
    }

    /// <summary>The keys of a file and of the environment: the command line, which any user of the machine can read, holds none.</summary>
    private static List<string> Keys(string? path)
    {
        List<string> keys = [];
        if (path is not null)
        {
            keys.AddRange(File.ReadAllLines(path).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'));
            if (keys.Count == 0)
                throw new UsageException($"{path} holds no keys; write one a line.");
        }

        if (Environment.GetEnvironmentVariable("DSN_API_KEY") is { Length: > 0 } key)
            keys.Add(key);
        return keys;
    }

    private static string VoskAddress(Uri address) => new UriBuilder(address) { Scheme = address.Scheme == "https" ? "wss" : "ws" }.Uri.ToString();
}
