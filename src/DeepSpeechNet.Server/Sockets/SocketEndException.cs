using System.Net.WebSockets;

namespace DeepSpeechNet.Server.Sockets;

/// <summary>The server ends a WebSocket: the code and the sentence that the client is given.</summary>
internal sealed class SocketEndException(WebSocketCloseStatus status, string reason, string kind) : Exception(reason)
{
    /// <summary>The close code.</summary>
    public WebSocketCloseStatus Status { get; } = status;

    /// <summary>A word for counting.</summary>
    public string Kind { get; } = kind;
}
