using System.Buffers;
using System.Net.WebSockets;

namespace DeepSpeechNet.Server.Sockets;

/// <summary>What a client sent: a whole message, or the end.</summary>
/// <param name="Kind">Text, binary, or close.</param>
/// <param name="Content">The bytes, valid until the next message is asked for.</param>
internal readonly record struct SocketMessage(WebSocketMessageType Kind, ReadOnlyMemory<byte> Content);

/// <summary>
/// Reads whole messages from a WebSocket and holds the client to the limits. The web server limits nothing once a connection is a WebSocket, so sizes, rates
/// and times are counted here. One reader a socket.
/// </summary>
internal sealed class SocketReader(WebSocket socket, ServerLimits limits, TimeProvider time)
{
    /// <summary>The word by which an end for too many messages is counted.</summary>
    public const string MessageRate = "message_rate";

    private const int FirstBuffer = 16 << 10, DiscardedAtOnce = 256;

    private static readonly TimeSpan DiscardPause = TimeSpan.FromMilliseconds(20);

    private readonly long _began = time.GetTimestamp();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private Task<ValueWebSocketReceiveResult>? _receiving;
    private long _second;
    private int _inSecond;

    /// <summary>The next message.</summary>
    /// <param name="cancellationToken">Stops waiting; the socket stays usable for sending.</param>
    /// <exception cref="SocketEndException">The client went beyond a limit.</exception>
    /// <exception cref="WebSocketException">The connection broke.</exception>
    public async Task<SocketMessage> ReadAsync(CancellationToken cancellationToken)
    {
        int length = 0;
        long asked = time.GetTimestamp();
        while (true)
        {
            if (length == _buffer.Length)
                Grow();
            ValueWebSocketReceiveResult part = await ReceiveAsync(length, asked, cancellationToken).ConfigureAwait(false);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
                return new SocketMessage(WebSocketMessageType.Close, default);
            if (length > limits.MessageBytes)
                throw TooBig();
            if (!part.EndOfMessage)
                continue;
            Count();
            return new SocketMessage(part.MessageType, _buffer.AsMemory(0, length));
        }
    }

    /// <summary>
    /// Reads and forgets until the client closes or patience ends: a connection that is cut with bytes unread would lose the close code on its way. It takes its time: a client
    /// that does not stop sending is read no faster than <see cref="DiscardedAtOnce"/> messages in each <see cref="DiscardPause"/>.
    /// </summary>
    public async Task DiscardAsync(CancellationToken patience)
    {
        for (int parts = 1; ; parts++)
        {
            _receiving ??= socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None).AsTask();
            ValueWebSocketReceiveResult part = await _receiving.WaitAsync(patience).ConfigureAwait(false);
            _receiving = null;
            if (part.MessageType == WebSocketMessageType.Close)
                return;
            if (parts % DiscardedAtOnce == 0)
                await Task.Delay(DiscardPause, time, patience).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the end of a receive that was given up, and gives the buffer back. The socket must have been closed or aborted before.</summary>
    public async Task ReleaseAsync()
    {
        if (_receiving is not null)
            await ((Task)_receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>
    /// One receive, which is never cancelled, since that would break the socket and with it the final texts; whoever stops waiting leaves it pending.
    /// </summary>
    private async Task<ValueWebSocketReceiveResult> ReceiveAsync(int offset, long asked, CancellationToken cancellationToken)
    {
        TimeSpan left = limits.IdleTime - time.GetElapsedTime(asked), session = limits.SessionTime - time.GetElapsedTime(_began);
        if (session <= TimeSpan.Zero)
            throw SessionOver();
        if (left <= TimeSpan.Zero)
            throw Idle();
        bool ends = session < left;
        _receiving ??= socket.ReceiveAsync(_buffer.AsMemory(offset), CancellationToken.None).AsTask();
        try
        {
            ValueWebSocketReceiveResult result = await _receiving.WaitAsync(ends ? session : left, time, cancellationToken).ConfigureAwait(false);
            _receiving = null;
            return result;
        }
        catch (TimeoutException)
        {
            throw ends ? SessionOver() : Idle();
        }
    }

    private void Grow()
    {
        // One byte more than a message may have, so that a larger one is seen without being kept.
        int size = (int)Math.Min(2L * _buffer.Length, limits.MessageBytes + 1L);
        if (size <= _buffer.Length)
            throw TooBig();
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Count()
    {
        long second = (long)time.GetElapsedTime(_began).TotalSeconds;
        _inSecond = second == _second ? _inSecond + 1 : 1;
        _second = second;
        if (_inSecond > limits.MessagesPerSecond)
            throw new SocketEndException(WebSocketCloseStatus.PolicyViolation, $"more than {limits.MessagesPerSecond} messages a second", MessageRate);
    }

    private SocketEndException TooBig() => new(WebSocketCloseStatus.MessageTooBig, $"a message may have {limits.MessageBytes} bytes", "message_too_big");

    private SocketEndException Idle() => new(WebSocketCloseStatus.PolicyViolation, $"no message for {limits.IdleTime.TotalSeconds:0.#} s", "idle");

    private SocketEndException SessionOver() => new(WebSocketCloseStatus.PolicyViolation, $"a session may last {limits.SessionTime.TotalMinutes:0.#} minutes", "session_time");
}
