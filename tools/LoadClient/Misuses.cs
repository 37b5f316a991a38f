using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace DeepSpeechNet.LoadClient;

/// <summary>The kinds of misuse that the table goes through.</summary>
internal static class Misuses
{
    private const int LongMinutes = 45, Rate = 16000;

    private static readonly byte[] Start = """{"type":"start","sampleRate":16000,"format":"s16"}"""u8.ToArray();

    private static readonly string[] Tricks =
    [
        "/../../../../etc/passwd", "/..%2f..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/page/../../etc/passwd", "//etc/passwd", "/C:/Windows/win.ini", "/\\..\\..\\win.ini",
        "/v1/models/..%2f..%2fetc%2fpasswd", "/v1/models/%00", "/" + new string('a', 7000),
    ];

    public static Misuse[] All(float[][] clips)
    {
        byte[] recording = Recording(clips);
        return
        [
            new("garbage frames", 8, GarbageAsync),
            new("1-byte messages", 4, TinyAsync),
            new("100 MB message", 2, HugeAsync),
            new("wrong JSON", 4, JsonAsync),
            new("path tricks", 4, TrickAsync),
            new("header a byte a s", 50, SlowHeaderAsync),
            new("message a byte a s", 16, SlowMessageAsync),
            new("half-open", 16, HalfOpenAsync),
            new("1,000 connections", 1, ConnectionsAsync),
            new("100 sessions", 1, SessionsAsync),
            new($"{LongMinutes} min uploaded", 1, (attacker, stop) => UploadAsync(attacker, recording, stop)),
        ];
    }

    private static async Task<string> GarbageAsync(Attacker attacker, CancellationToken stop)
    {
        using NetworkStream stream = await attacker.ConnectAsync(stop);
        await stream.WriteAsync(attacker.Upgrade(), stop);
        string status = await Attacker.StatusAsync(stream, stop);
        if (status != "101")
            return status;
        byte[] garbage = new byte[1 << 16];
        Random.Shared.NextBytes(garbage);
        await stream.WriteAsync(garbage, stop);
        return await ReadToEndAsync(stream, stop);
    }

    private static async Task<string> TinyAsync(Attacker attacker, CancellationToken stop)
    {
        using ClientWebSocket socket = await attacker.OpenAsync(stop);
        await socket.SendAsync(Start, WebSocketMessageType.Text, true, stop);
        Task<string> code = Attacker.CloseCodeAsync(socket, stop);
        await SendUntilClosedAsync(code, () => socket.SendAsync(new byte[1], WebSocketMessageType.Binary, true, stop));
        return await code;
    }

    private static async Task<string> HugeAsync(Attacker attacker, CancellationToken stop)
    {
        using ClientWebSocket socket = await attacker.OpenAsync(stop);
        byte[] part = new byte[1 << 20];
        Task<string> code = Attacker.CloseCodeAsync(socket, stop);
        int sent = 0;
        await SendUntilClosedAsync(code, () => socket.SendAsync(part, WebSocketMessageType.Binary, ++sent == 100, stop));
        return await code;
    }

    private static async Task<string> JsonAsync(Attacker attacker, CancellationToken stop)
    {
        using ClientWebSocket socket = await attacker.OpenAsync(stop);
        await socket.SendAsync("""{"type":"start","sampleRate":{"""u8.ToArray(), WebSocketMessageType.Text, true, stop);
        return await Attacker.CloseCodeAsync(socket, stop);
    }

    private static Task<string> TrickAsync(Attacker attacker, CancellationToken stop)
    {
        string path = Tricks[Random.Shared.Next(Tricks.Length)];
        return attacker.RequestAsync($"GET {path} HTTP/1.1\r\nHost: {attacker.Http.Authority}\r\nConnection: close\r\n\r\n", stop);
    }

    private static async Task<string> SlowHeaderAsync(Attacker attacker, CancellationToken stop)
    {
        using NetworkStream stream = await attacker.ConnectAsync(stop);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nX: "), stop);
        Task<string> status = Attacker.StatusAsync(stream, stop);
        await SendUntilClosedAsync(status, async () =>
        {
            await stream.WriteAsync("x"u8.ToArray(), stop);
            await Task.WhenAny(status, Task.Delay(1000, stop));
        });
        return await status;
    }

    private static async Task<string> SlowMessageAsync(Attacker attacker, CancellationToken stop)
    {
        using ClientWebSocket socket = await attacker.OpenAsync(stop);
        await socket.SendAsync(Start, WebSocketMessageType.Text, true, stop);
        Task<string> code = Attacker.CloseCodeAsync(socket, stop);
        await SendUntilClosedAsync(code, async () =>
        {
            await socket.SendAsync(new byte[1], WebSocketMessageType.Binary, false, stop);
            await Task.WhenAny(code, Task.Delay(1000, stop));
        });
        return await code;
    }

    /// <summary>A client that sends nothing and answers no pings, as after a cable was pulled.</summary>
    private static async Task<string> HalfOpenAsync(Attacker attacker, CancellationToken stop)
    {
        using NetworkStream stream = await attacker.ConnectAsync(stop);
        await stream.WriteAsync(attacker.Upgrade(), stop);
        string status = await Attacker.StatusAsync(stream, stop);
        if (status != "101")
            return status;

        return await ReadToEndAsync(stream, stop);
    }

    private static async Task<string> ConnectionsAsync(Attacker attacker, CancellationToken stop)
    {
        List<NetworkStream> streams = [];
        try
        {
            int closed = 0;
            for (int i = 0; i < 1000; i++)
            {
                try
                {
                    streams.Add(await attacker.ConnectAsync(stop));
                }
                catch (SocketException)
                {
                    closed++;
                }
            }

            await Task.Delay(1000, stop);
            closed += streams.Count(s => !IsEstablished(s.Socket));
            try
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
            catch (OperationCanceledException)
            {
                // The row is over.
            }

            return $"closed {closed} of 1000";
        }
        finally
        {
            streams.ForEach(s => s.Dispose());
        }
    }

    private static async Task<string> SessionsAsync(Attacker attacker, CancellationToken stop)
    {
        List<ClientWebSocket> open = [];
        try
        {
            int refused = 0;
            for (int i = 0; i < 100; i++)
            {
                try
                {
                    open.Add(await attacker.OpenAsync(stop));
                }
                catch (RefusedException e) when (e.Message == "503")
                {
                    refused++;
                }
            }

            try
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
            catch (OperationCanceledException)
            {
                // The row is over.
            }

            return $"503 for {refused} of 100";
        }
        finally
        {
            open.ForEach(s => s.Abort());
        }
    }

    private static async Task<string> UploadAsync(Attacker attacker, byte[] recording, CancellationToken stop)
    {
        using MultipartFormDataContent form = [];
        using ByteArrayContent file = new(recording);
        file.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        form.Add(file, "file", "../../../etc/passwd");
        form.Add(new StringContent("whisper-1"), "model");
        using HttpResponseMessage answer = await attacker.Client.PostAsync(new Uri("v1/audio/transcriptions", UriKind.Relative), form, stop);
        return $"{(int)answer.StatusCode}";
    }

    private static async Task<string> ReadToEndAsync(NetworkStream stream, CancellationToken stop)
    {
        byte[] buffer = new byte[1 << 14];
        try
        {
            while (await stream.ReadAsync(buffer, stop) > 0)
            {
                // Pings, and perhaps a close frame.
            }
        }
        catch (IOException)
        {
            // Cut with bytes unread.
        }

        return "cut";
    }

    private static async Task SendUntilClosedAsync(Task<string> closed, Func<Task> send)
    {
        try
        {
            while (!closed.IsCompleted)
                await send();
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // The server does not listen any more; its reason comes by the other way.
        }
    }

    private static bool IsEstablished(Socket socket) => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    /// <summary>A WAV file of the clips, again and again.</summary>
    private static byte[] Recording(float[][] clips)
    {
        int samples = LongMinutes * 60 * Rate;
        using MemoryStream stream = new(44 + (2 * samples));
        using (BinaryWriter writer = new(stream, Encoding.Latin1, leaveOpen: true))
        {
            writer.Write("RIFF"u8);
            writer.Write(36 + (2 * samples));
            writer.Write("WAVEfmt "u8);
            writer.Write(16);
            writer.Write((short)1);
            writer.Write((short)1);
            writer.Write(Rate);
            writer.Write(2 * Rate);
            writer.Write((short)2);
            writer.Write((short)16);
            writer.Write("data"u8);
            writer.Write(2 * samples);
            for (int i = 0, clip = 0, at = 0; i < samples; i++)
            {
                float[] playing = clips[clip % clips.Length];
                writer.Write(at < playing.Length ? (short)Math.Clamp(32768 * playing[at], -32768, 32767) : (short)0);
                if (++at > playing.Length + Rate)
                    (clip, at) = (clip + 1, 0);
            }
        }

        return stream.ToArray();
    }
}
