using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using DeepSpeechNet.Speech.Recognition;
using Microsoft.Extensions.Logging;

namespace DeepSpeechNet.Server.Tests;

/// <summary>A server on a free port of this machine, whose model hears tones as letters; real sockets, no stand-in.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Recognizer _recognizer;

    private TestServer(string folder, Recognizer recognizer, SpeechServer server, HttpClient http, LogLines log)
    {
        _folder = folder;
        _recognizer = recognizer;
        Server = server;
        Http = http;
        Log = log;
    }

    public SpeechServer Server { get; }

    /// <summary>A client whose base address is the server's.</summary>
    public HttpClient Http { get; }

    /// <summary>What was logged.</summary>
    public LogLines Log { get; }

    public static async Task<TestServer> StartAsync(ServerOptions? options = null, ServerLimits? limits = null)
    {
        string folder = Directory.CreateTempSubdirectory("dsn-server-").FullName;
        ToneSpeech.SaveModel(folder);
        Recognizer recognizer = Recognizer.Load(folder, threads: 1);
        LogLines log = new();
        options = (options ?? new ServerOptions()) with { Port = 0, ModelName = "tones", Limits = limits ?? options?.Limits ?? new ServerLimits() };
        SpeechServer server = new(recognizer, options, logging => logging.AddProvider(log));
        await server.StartAsync();
        HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256) == server.CertificateDigest };
        return new TestServer(folder, recognizer, server, new HttpClient(handler) { BaseAddress = server.Addresses[0] }, log);
    }

    /// <summary>Posts a recording with fields.</summary>
    public async Task<HttpResponseMessage> TranscribeAsync(byte[] audio, params (string Name, string Value)[] fields) => await PostAsync(Form(audio, fields));

    public async Task<HttpResponseMessage> PostAsync(HttpContent content) => await Http.PostAsync("/v1/audio/transcriptions", content);

    public static MultipartFormDataContent Form(byte[]? audio, params (string Name, string Value)[] fields)
    {
        MultipartFormDataContent form = [];
        if (audio is not null)
            form.Add(new ByteArrayContent(audio), "file", "speech.wav");
        if (fields.All(f => f.Name != "model"))
            form.Add(new StringContent("tones"), "model");
        foreach ((string name, string value) in fields)
            form.Add(new StringContent(value), name);
        return form;
    }

    /// <summary>Opens a WebSocket.</summary>
    public async Task<ClientWebSocket> ConnectAsync(string path, Action<ClientWebSocketOptions>? configure = null, int address = 0)
    {
        ClientWebSocket socket = new();
        configure?.Invoke(socket.Options);
        UriBuilder uri = new(new Uri(Server.Addresses[address], path)) { Scheme = "ws" };
        await socket.ConnectAsync(uri.Uri, CancellationToken.None);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        await _recognizer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly StringBuilder _text = new();

    public override string ToString()
    {
        lock (_text)
            return _text.ToString();
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_text)
            _text.Append(logLevel).Append(' ').Append(formatter(state, exception)).Append(' ').Append(exception).Append('\n');
    }

    public void Dispose()
    {
    }
}

/// <summary>What tests do with WebSockets.</summary>
internal static class SocketTalk
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task SayAsync(this ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    public static Task SayAsync(this ClientWebSocket socket, ReadOnlyMemory<byte> samples) => socket.SendAsync(samples, WebSocketMessageType.Binary, true, CancellationToken.None).AsTask();

    /// <summary>The next text message; null when the server has closed.</summary>
    public static async Task<string?> HearAsync(this ClientWebSocket socket)
    {
        using CancellationTokenSource limit = new(Patience);
        byte[] buffer = new byte[1 << 20];
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            if (part.EndOfMessage)
                return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    /// <summary>All messages until the server closes.</summary>
    public static async Task<List<JsonElement>> HearAllAsync(this ClientWebSocket socket)
    {
        List<JsonElement> messages = [];
        while (await socket.HearAsync() is { } text)
            messages.Add(JsonSerializer.Deserialize<JsonElement>(text));
        return messages;
    }

    /// <summary>Samples as 16-bit integers.</summary>
    public static byte[] Pcm(float[] samples)
    {
        byte[] bytes = new byte[2 * samples.Length];
        for (int i = 0; i < samples.Length; i++)
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (short)(32767 * samples[i]));
        return bytes;
    }
}
