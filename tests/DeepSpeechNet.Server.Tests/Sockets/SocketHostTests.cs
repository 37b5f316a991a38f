using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace DeepSpeechNet.Server.Tests.Sockets;

public sealed class SocketHostTests
{
    [Fact]
    public async Task A_message_of_100_megabytes_is_cut_off_with_its_code()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = await server.ConnectAsync("/vosk");
        byte[] part = new byte[1 << 20];
        Task<string?> heard = socket.HearAsync();
        try
        {
            for (int i = 0; i < 100 && socket.State == WebSocketState.Open; i++)
                await socket.SendAsync(part.AsMemory(), WebSocketMessageType.Binary, endOfMessage: i == 99, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The server does not listen to the end.
        }

        Assert.Null(await heard);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
        await ServesOthersAsync(server);
    }

    [Fact]
    public async Task A_silent_client_is_closed_and_its_place_given_back()
    {
        await using TestServer server = await TestServer.StartAsync(limits: new ServerLimits { IdleTime = TimeSpan.FromMilliseconds(300), Sessions = 1 });
        using ClientWebSocket socket = await server.ConnectAsync("/vosk");
        Assert.Null(await socket.HearAsync());
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
        Assert.Contains("no message", socket.CloseStatusDescription, StringComparison.Ordinal);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await UntilAsync(async () => await SessionsAsync(server) == 0);
        await ServesOthersAsync(server);
    }

    [Fact]
    public async Task A_message_that_never_ends_is_idle_too()
    {
        await using TestServer server = await TestServer.StartAsync(limits: new ServerLimits { IdleTime = TimeSpan.FromMilliseconds(500) });
        using ClientWebSocket socket = await server.ConnectAsync("/vosk");
        Task<string?> heard = socket.HearAsync();
        while (!heard.IsCompleted)
        {
            try
            {
                await socket.SendAsync(new byte[1].AsMemory(), WebSocketMessageType.Binary, endOfMessage: false, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                break;
            }

            await Task.WhenAny(heard, Task.Delay(20));
        }

        Assert.Null(await heard);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
    }

    [Fact]
    public async Task A_flood_of_messages_is_cut_off_and_its_address_paused()
    {
        await using TestServer server = await TestServer.StartAsync(limits: new ServerLimits { MessagesPerSecond = 50, FloodPause = TimeSpan.FromSeconds(4) });
        using ClientWebSocket socket = await server.ConnectAsync("/live");
        await socket.SayAsync("""{"type":"start"}""");
        Task<List<JsonElement>> heard = socket.HearAllAsync();
        try
        {
            while (!heard.IsCompleted)
                await socket.SayAsync(new byte[1].AsMemory());
        }
        catch (WebSocketException)
        {
            // As it should be.
        }

        await heard;
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
        WebSocketException e = await Assert.ThrowsAsync<WebSocketException>(() => server.ConnectAsync("/vosk"));
        Assert.Contains("429", e.Message, StringComparison.Ordinal);
        await ServesOthersAsync(server);
        await UntilAsync(async () => await OpensAsync(server));
    }

    [Fact]
    public async Task A_session_that_is_too_long_is_ended()
    {
        await using TestServer server = await TestServer.StartAsync(limits: new ServerLimits { SessionTime = TimeSpan.FromMilliseconds(300) });
        using ClientWebSocket socket = await server.ConnectAsync("/live");
        Assert.Null(await socket.HearAsync());
        Assert.Contains("a session may last", socket.CloseStatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_session_too_many_is_told_to_come_back_and_a_closed_one_makes_room()
    {
        await using TestServer server = await TestServer.StartAsync(limits: new ServerLimits { Sessions = 2 });
        using ClientWebSocket first = await server.ConnectAsync("/vosk"), second = await server.ConnectAsync("/live");
        WebSocketException e = await Assert.ThrowsAsync<WebSocketException>(() => server.ConnectAsync("/vosk"));
        Assert.Contains("503", e.Message, StringComparison.Ordinal);
        await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await UntilAsync(async () => await SessionsAsync(server) == 1);
        using ClientWebSocket third = await server.ConnectAsync("/vosk");
        Assert.Equal(WebSocketState.Open, third.State);
    }

    [Fact]
    public async Task Clients_that_vanish_leave_nothing_behind()
    {
        await using TestServer server = await TestServer.StartAsync();
        byte[] speech = SocketTalk.Pcm(ToneSpeech.Say("bad cab"));
        for (int i = 0; i < 20; i++)
        {
            ClientWebSocket socket = await server.ConnectAsync(i % 2 == 0 ? "/vosk" : "/live");
            if (i % 2 == 1)
                await socket.SayAsync("""{"type":"start"}""");
            await socket.SayAsync(speech);
            socket.Abort();
            socket.Dispose();
        }

        await UntilAsync(async () => await SessionsAsync(server) == 0);
        await ServesOthersAsync(server);
    }

    [Fact]
    public async Task Bytes_that_are_no_frames_break_the_connection_only()
    {
        await using TestServer server = await TestServer.StartAsync();
        Uri address = server.Server.Addresses[0];
        byte[] garbage = new byte[5000];
        new Random(1).NextBytes(garbage);
        for (int i = 0; i < 10; i++)
        {
            using TcpClient tcp = new();
            await tcp.ConnectAsync(IPAddress.Loopback, address.Port);
            NetworkStream stream = tcp.GetStream();
            string request = $"GET /vosk HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            await stream.ReadExactlyAsync(new byte["HTTP/1.1 101".Length]);
            await stream.WriteAsync(garbage.AsMemory(i));
        }

        await UntilAsync(async () => await SessionsAsync(server) == 0);
        await ServesOthersAsync(server);
    }

    [Fact]
    public async Task A_plain_request_for_a_WebSocket_path_is_told_so()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await server.Http.GetAsync("/vosk")).StatusCode);
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await server.Http.GetAsync("/live")).StatusCode);
    }

    [Fact]
    public async Task A_server_that_stops_delivers_final_texts_first()
    {
        TestServer server = await TestServer.StartAsync();
        try
        {
            byte[] speech = SocketTalk.Pcm(ToneSpeech.Say("bad cab"));
            using ClientWebSocket live = await server.ConnectAsync("/live"), vosk = await server.ConnectAsync("/vosk");
            await live.SayAsync("""{"type":"start"}""");
            await live.HearAsync();
            await live.SayAsync(speech);
            await vosk.SayAsync(speech);
            await vosk.HearAsync();

            Task stopping = server.Server.StopAsync();
            Assert.Contains("\"bad cab\"", await vosk.HearAsync(), StringComparison.Ordinal);
            Assert.Null(await vosk.HearAsync());
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, vosk.CloseStatus);
            List<JsonElement> messages = await live.HearAllAsync();
            Assert.Equal("end", messages[^1].GetProperty("type").GetString());
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, live.CloseStatus);
            await stopping;
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task ServesOthersAsync(TestServer server) =>
        Assert.Equal(HttpStatusCode.OK, (await server.TranscribeAsync(ToneSpeech.Wav(ToneSpeech.Say("bad cab")))).StatusCode);

    private static async Task<bool> OpensAsync(TestServer server)
    {
        try
        {
            using ClientWebSocket socket = await server.ConnectAsync("/vosk");
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    private static async Task<int> SessionsAsync(TestServer server) =>
        JsonSerializer.Deserialize<JsonElement>(await server.Http.GetStringAsync("/health")).GetProperty("sessions").GetInt32();

    /// <summary>Asks until it is so; a test that waits in vain ends by this limit.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (!await isSo())
            await Task.Delay(10, limit.Token);
    }
}
