using System.Net;
using System.Net.WebSockets;
using DeepSpeechNet.Server.Observing;
using DeepSpeechNet.Server.Security;
using DeepSpeechNet.Speech.Recognition;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DeepSpeechNet.Server.Sockets;

/// <summary>One WebSocket as a protocol sees it.</summary>
/// <param name="Reader">Gives messages.</param>
/// <param name="Writer">Takes answers.</param>
/// <param name="Stopping">Cancelled when the server is told to stop: deliver what is owed, and end.</param>
/// <param name="Aborted">Cancelled when the connection is gone.</param>
internal sealed record SocketConnection(SocketReader Reader, SocketWriter Writer, CancellationToken Stopping, CancellationToken Aborted);

/// <summary>Speaks a protocol over one WebSocket until either side ends it, and returns the length of the sound that it heard.</summary>
internal delegate Task<TimeSpan> SocketProtocol(SocketConnection connection);

/// <summary>Accepts WebSockets, gives each its place and its protocol, and ends every one with the right code.</summary>
internal sealed partial class SocketHost(ServerLimits limits, AddressSlots slots, PausedCallers paused, ServerMetrics metrics, Health health, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    /// <summary>The subprotocol that pages may ask for beside the one that carries their key.</summary>
    public const string Subprotocol = "dsn";

    private const int RetrySeconds = 5;

    public async Task HandleAsync(HttpContext context, string name, SocketProtocol protocol)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            throw new RefusalException(StatusCodes.Status426UpgradeRequired, "This path speaks WebSocket only.", code: "upgrade_required");
        }

        IPAddress address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        paused.Check(address);
        using IDisposable place = slots.TryTake(address) ?? throw TooMany();
        string? chosen = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(p => !p.StartsWith(ApiKeys.Subprotocol, StringComparison.Ordinal));
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(chosen).ConfigureAwait(false);
        metrics.SessionOpened(name);
        SocketReader reader = new(socket, limits, time);
        using SocketWriter writer = new(socket, limits, time);
        try
        {
            TimeSpan heard = await RunAsync(name, address, protocol, new SocketConnection(reader, writer, stopping, context.RequestAborted)).ConfigureAwait(false);
            metrics.Heard(heard, name);
            context.Items[RequestLog.AudioSeconds] = heard.TotalSeconds;
        }
        finally
        {
            await DrainAsync(socket, reader).ConfigureAwait(false);
            metrics.SessionClosed(name);
        }
    }

    private async Task<TimeSpan> RunAsync(string name, IPAddress address, SocketProtocol protocol, SocketConnection connection)
    {
        TimeSpan heard = TimeSpan.Zero;
        try
        {
            heard = await protocol(connection).ConfigureAwait(false);
            health.Succeeded();
            bool stops = connection.Stopping.IsCancellationRequested;
            await connection.Writer.CloseAsync(stops ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure, stops ? "the server stops" : "done").ConfigureAwait(false);
        }
        catch (SocketEndException e)
        {
            if (e.Kind == SocketReader.MessageRate)
                paused.Pause(address);
            metrics.Refused(e.Kind);
            CutOff(logger, name, e.Message);
            await connection.Writer.CloseAsync(e.Status, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            Broken(logger, name);
        }
        catch (Exception e)
        {
            if (e is RecognitionException)
                health.Failed();
            Failed(logger, e, name);
            await connection.Writer.CloseAsync(WebSocketCloseStatus.InternalServerError, "the server failed").ConfigureAwait(false);
        }

        return heard;
    }

    private static RefusalException TooMany() =>
        new(StatusCodes.Status503ServiceUnavailable, "The server has as many streams as it takes, of all or of this address; try again in a moment.", code: "too_many_sessions") { RetryAfterSeconds = RetrySeconds };

    /// <summary>Gives the client a moment to read the close code, then lets go of the connection; a client that goes on sending is not listened to.</summary>
    private static async Task DrainAsync(WebSocket socket, SocketReader reader)
    {
        if (socket.State == WebSocketState.CloseSent)
        {
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
            try
            {
                await reader.DiscardAsync(patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
            {
                // Enough patience.
            }
        }

        socket.Abort();
        await reader.ReleaseAsync().ConfigureAwait(false);
    }

    [LoggerMessage(10, LogLevel.Warning, "{Protocol} session cut off: {Reason}")]
    private static partial void CutOff(ILogger logger, string protocol, string reason);

    [LoggerMessage(11, LogLevel.Information, "{Protocol} session broken off by the client")]
    private static partial void Broken(ILogger logger, string protocol);

    [LoggerMessage(12, LogLevel.Error, "{Protocol} session failed")]
    private static partial void Failed(ILogger logger, Exception e, string protocol);
}
