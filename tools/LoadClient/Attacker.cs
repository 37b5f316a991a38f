using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace DeepSpeechNet.LoadClient;

/// <summary>A caller from an address of its own, with every means to misbehave.</summary>
internal sealed class Attacker : IDisposable
{
    private readonly Uri _live;
    private readonly IPAddress _from;
    private readonly HttpMessageInvoker _invoker;

    public Attacker(Uri live, IPAddress from)
    {
        _live = live;
        _from = from;
        Http = new UriBuilder(live) { Scheme = "http", Path = "/" }.Uri;
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (context, token) =>
            {
                Socket socket = NewSocket();
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        _invoker = new HttpMessageInvoker(handler);
        Client = new HttpClient(handler, disposeHandler: false) { BaseAddress = Http, Timeout = TimeSpan.FromMinutes(10) };
    }

    /// <summary>The server's address.</summary>
    public Uri Http { get; }

    /// <summary>Sends requests.</summary>
    public HttpClient Client { get; }

    /// <summary>A WebSocket on the live path.</summary>
    public async Task<ClientWebSocket> OpenAsync(CancellationToken cancellationToken)
    {
        ClientWebSocket socket = new();
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(_live, _invoker, cancellationToken);
            return socket;
        }
        catch (WebSocketException e) when ((int)socket.HttpStatusCode != 0)
        {
            int status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new RefusedException(status, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A bare connection.</summary>
    public async Task<NetworkStream> ConnectAsync(CancellationToken cancellationToken)
    {
        Socket socket = NewSocket();
        await socket.ConnectAsync(Http.Host, Http.Port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>What upgrades a bare connection to a WebSocket.</summary>
    public byte[] Upgrade() => Encoding.ASCII.GetBytes(
        $"GET {_live.AbsolutePath} HTTP/1.1\r\nHost: {_live.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    /// <summary>Sends a bare request and gives the status of the answer.</summary>
    public async Task<string> RequestAsync(string request, CancellationToken cancellationToken)
    {
        using NetworkStream stream = await ConnectAsync(cancellationToken);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancellationToken);
        return await StatusAsync(stream, cancellationToken);
    }

    /// <summary>The status of the answer on a bare connection; "closed" if there is none.</summary>
    public static async Task<string> StatusAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] start = new byte[12];
        try
        {
            return await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken) < start.Length ? "closed" : Encoding.Latin1.GetString(start, 9, 3);
        }
        catch (IOException)
        {
            return "closed";
        }
    }

    /// <summary>Waits for the server's close and gives its code; "cut" if the connection broke instead.</summary>
    public static async Task<string> CloseCodeAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 14];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close)
            {
                // Texts are of no interest.
            }

            return ((int)socket.CloseStatus!.Value).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (WebSocketException)
        {
            return "cut";
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        _invoker.Dispose();
    }

    private Socket NewSocket()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (Http.IsLoopback)
            socket.Bind(new IPEndPoint(_from, 0));
        return socket;
    }
}

/// <summary>The server refused a WebSocket before it was one.</summary>
internal sealed class RefusedException(int status, Exception inner) : Exception($"{status}", inner);
