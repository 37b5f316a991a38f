using System.Net.WebSockets;

namespace DeepSpeechNet.Server.Sockets;

/// <summary>Sends whole text messages, one at a time; a client that does not take them within the idle time is cut off. Any thread may send.</summary>
internal sealed class SocketWriter(WebSocket socket, ServerLimits limits, TimeProvider time) : IDisposable
{
    private const int LongestReason = 120;

    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Sends one message of UTF-8 text.</summary>
    /// <exception cref="WebSocketException">The connection broke, or the client takes nothing.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> text)
    {
        using CancellationTokenSource limit = new(limits.IdleTime, time);
        try
        {
            await _gate.WaitAsync(limit.Token).ConfigureAwait(false);
            try
            {
                await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, limit.Token).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (OperationCanceledException e)
        {
            throw new WebSocketException("The client takes no answers.", e);
        }
    }

    /// <summary>Ends the socket properly where the client still listens, and at once where it does not.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        try
        {
            using CancellationTokenSource limit = new(ClosePatience, time);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, reason.Length <= LongestReason ? reason : reason[..LongestReason], limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // The client is gone already; there is nobody left to tell.
        }
    }

    public void Dispose() => _gate.Dispose();
}
