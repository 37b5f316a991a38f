using System.Net;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server;

/// <summary>Where a <see cref="SpeechServer"/> listens, whom it answers and what it offers.</summary>
public sealed record ServerOptions
{
    /// <summary>The address to listen at. Default: loopback, which only this machine reaches.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port of HTTP and of all WebSocket paths; 0 for one that is free.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>A second port on which any path speaks Vosk's protocol (its clients expect 2700); 0 for one that is free, null for none.</summary>
    public int? VoskPort { get; init; }

    /// <summary>How connections are encrypted; null for plain HTTP.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The model's name on the wire.</summary>
    public string ModelName { get; init; } = "default";

    /// <summary>Other names by which clients may ask for the model. Default: <c>whisper-1</c>, which many clients cannot change.</summary>
    public IReadOnlyList<string> ModelAliases { get; init; } = ["whisper-1"];

    /// <summary>Keys, one of which a caller must show; none lets everybody in who can reach the port.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>Names under which the server is reached, beside localhost, the machine's own name and plain addresses.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins of web pages that may call, such as <c>https://example.org</c>, beside the server's own page.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Whether uploads in formats other than WAV and FLAC go to libsndfile, native code, where the system has it. Default: no.</summary>
    public bool AllowLibSndFile { get; init; }

    /// <summary>The weight, in nats, of hot words that a client gives without one.</summary>
    public double HotWordWeight { get; init; } = 8;

    /// <summary>How speech is recognised unless a request says otherwise; its segmentation and alternatives are the requests' own.</summary>
    public TranscriptionOptions Transcription { get; init; } = new();

    /// <summary>What strangers may use.</summary>
    public ServerLimits Limits { get; init; } = new();

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        CheckPort(nameof(Port), Port);
        if (VoskPort is { } vosk)
        {
            CheckPort(nameof(VoskPort), vosk);
            if (vosk == Port && vosk != 0)
                throw new ArgumentException($"{nameof(VoskPort)} is {vosk}, which is {nameof(Port)} too; give each its own.");
        }

        foreach (string name in ModelAliases.Prepend(ModelName))
        {
            if (name.Length is 0 or > 200 || name.Any(c => c is < '!' or > '~'))
                throw new ArgumentException($"The model name \"{name}\" must be 1 to 200 printable ASCII characters without spaces.");
        }

        if (ApiKeys.Any(k => k.Length < 8 || k.Any(c => c is < '!' or > '~')))
            throw new ArgumentException($"Each of {nameof(ApiKeys)} must be at least 8 printable ASCII characters without spaces.");
        foreach (string origin in AllowedOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/")
                throw new ArgumentException($"The origin \"{origin}\" must be a scheme and a host, such as https://example.org.");
        }

        if (HotWordWeight is not (> 0 and <= 1000))
            throw new ArgumentException($"{nameof(HotWordWeight)} is {HotWordWeight}; it must be above 0 and at most 1000.");
        Transcription.Validate();
        Limits.Validate();
        Tls?.Validate();
    }

    private static void CheckPort(string name, int port)
    {
        if (port is < 0 or > 65535)
            throw new ArgumentException($"{name} is {port}; it must be 0 to 65535.");
    }
}
