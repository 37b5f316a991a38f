using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;

namespace DeepSpeechNet.Server.Tests.Live;

/// <summary>
/// A headless Chromium with one page, driven through its debugging protocol, whose microphone plays a file once.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private int _id;

    private Chromium(Process process, string profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>The program; null where there is none.</summary>
    public static string? Program { get; } = Array.Find(Places, File.Exists);

    /// <summary>Exceptions and errors that the page has met.</summary>
    public List<string> Faults { get; } = [];

    public static async Task<Chromium> StartAsync(string microphone, int width, int height)
    {
        string profile = Directory.CreateTempSubdirectory("dsn-browser-").FullName;
        ProcessStartInfo start = new(Program!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0", $"--user-data-dir={profile}", $"--window-size={width},{height}",
                "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", $"--use-file-for-fake-audio-capture={microphone}%noloop", "--autoplay-policy=no-user-gesture-required", "about:blank",
            ])
            start.ArgumentList.Add(argument);
        Chromium browser = new(Process.Start(start)!, profile);
        try
        {
            await browser.AttachAsync(width, height);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls a method of the debugging protocol.</summary>
    public async Task<JsonElement> CallAsync(string method, object? parameters = null)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        int id = ++_id;
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters ?? new { } }), WebSocketMessageType.Text, true, limit.Token);
        while (true)
        {
            JsonElement message = await ReadAsync(limit.Token);
            if (message.TryGetProperty("id", out JsonElement answered) && answered.GetInt32() == id)
                return message.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException(message.ToString());
            string? kind = message.TryGetProperty("method", out JsonElement name) ? name.GetString() : null;
            if (kind == "Runtime.exceptionThrown" || (kind == "Log.entryAdded" && message.GetProperty("params").GetProperty("entry").GetProperty("level").GetString() == "error"))
                Faults.Add(message.ToString());
        }
    }

    /// <summary>The value of an expression in the page; promises are awaited.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        JsonElement answer = await CallAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
        Assert.False(answer.TryGetProperty("exceptionDetails", out JsonElement fault), fault.ToString());
        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    /// <summary>Waits until an expression is true.</summary>
    public async Task UntilAsync(string expression)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(90));
        while ((await EvaluateAsync(expression)).ValueKind != JsonValueKind.True)
        {
            if (limit.IsCancellationRequested)
                Assert.Fail($"In vain: {expression}. The page says: {await EvaluateAsync("document.body.innerText")} {string.Join('\n', Faults)}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        for (int tries = 0; tries < 20; tries++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
                return;
            }
            catch (IOException)
            {
                // A child of the browser may still be writing.
                await Task.Delay(50);
            }
        }
    }

    private async Task AttachAsync(int width, int height)
    {
        const string Mark = "DevTools listening on ";
        string? line;
        do
            line = await _process.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("Chromium ended at its start.");
        while (!line.StartsWith(Mark, StringComparison.Ordinal));
        _ = _process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        using HttpClient http = new();
        JsonElement[] targets = await http.GetFromJsonAsync<JsonElement[]>($"http://127.0.0.1:{new Uri(line[Mark.Length..]).Port}/json") ?? [];
        await _socket.ConnectAsync(new Uri(targets.First(t => t.GetProperty("type").GetString() == "page").GetProperty("webSocketDebuggerUrl").GetString()!), CancellationToken.None);
        foreach (string domain in (string[])["Runtime", "Log", "Page", "DOM"])
            await CallAsync(domain + ".enable");
        await CallAsync("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = width < 600 });
    }

    private async Task<JsonElement> ReadAsync(CancellationToken cancellationToken)
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonSerializer.Deserialize<JsonElement>(message.ToArray());
    }
}

/// <summary>A fact that needs Chromium, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Chromium.Program is null)
            Skip = "There is no Chromium here (Debian: apt-get install chromium).";
    }
}
