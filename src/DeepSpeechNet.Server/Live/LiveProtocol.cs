using System.Diagnostics;
using System.Net.WebSockets;
using DeepSpeechNet.Server.Observing;
using DeepSpeechNet.Server.Sockets;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server.Live;

/// <summary>
/// The protocol of the live page: a start message, binary samples, and a stop message from the client; <c>ready</c>, <c>partial</c>, <c>final</c>, <c>end</c>
/// and <c>error</c> messages from the server, as they come.
/// </summary>
internal sealed class LiveProtocol(Recognizer recognizer, ServerOptions options, ServerMetrics metrics)
{
    public async Task<TimeSpan> RunAsync(SocketConnection connection)
    {
        LiveStart? start = await StartAsync(connection).ConfigureAwait(false);
        if (start is null)
            return TimeSpan.Zero;
        RecognitionSession session = Open(start);
        await using (session.ConfigureAwait(false))
        {
            await connection.Writer.SendAsync(LiveJson.Ready(recognizer, options.ModelName)).ConfigureAwait(false);
            Task sending = SendAsync(session, connection.Writer);
            try
            {
                bool ended = await HearAsync(session, start, connection, sending).ConfigureAwait(false);
                if (!ended)
                    return session.Position;
                long began = Stopwatch.GetTimestamp();
                await session.CompleteAsync(connection.Aborted).ConfigureAwait(false);
                await sending.ConfigureAwait(false);
                metrics.FinalAfter(Stopwatch.GetElapsedTime(began));
                await connection.Writer.SendAsync(LiveJson.End(session.Position)).ConfigureAwait(false);
                return session.Position;
            }
            finally
            {
                await session.DisposeAsync().ConfigureAwait(false);
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The first message; null if the client, or the server, leaves before it.</summary>
    private static async Task<LiveStart?> StartAsync(SocketConnection connection)
    {
        try
        {
            SocketMessage message = await connection.Reader.ReadAsync(connection.Stopping).ConfigureAwait(false);
            return message.Kind == WebSocketMessageType.Close ? null
                : message.Kind == WebSocketMessageType.Text ? LiveStart.Parse(message.Content)
                : throw new SocketEndException(WebSocketCloseStatus.InvalidPayloadData, "the first message must be the start message", "bad_message");
        }
        catch (OperationCanceledException) when (connection.Stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private RecognitionSession Open(LiveStart start)
    {
        try
        {
            return recognizer.StartSession(SessionSettings.Create(recognizer, options, start.SampleRate, start.HotWords(recognizer.Model.Alphabet, options.HotWordWeight)) with { Letters = true });
        }
        catch (ArgumentException e)
        {
            throw new SocketEndException(WebSocketCloseStatus.InvalidPayloadData, e.Message, "bad_message");
        }
    }

    /// <summary>Hears until the client stops or the server is told to, which is true, or until the client is gone, which is false.</summary>
    private static async Task<bool> HearAsync(RecognitionSession session, LiveStart start, SocketConnection connection, Task sending)
    {
        PcmDecoder decoder = new(start.Format);
        while (true)
        {
            // A client that takes no answers, or an utterance that could not be recognised, ends the stream.
            if (sending.IsFaulted)
                await sending.ConfigureAwait(false);
            SocketMessage message;
            try
            {
                message = await connection.Reader.ReadAsync(connection.Stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (connection.Stopping.IsCancellationRequested)
            {
                return true;
            }

            if (message.Kind == WebSocketMessageType.Close)
                return false;
            if (message.Kind == WebSocketMessageType.Binary)
                await session.WriteAsync(decoder.Decode(message.Content.Span), connection.Aborted).ConfigureAwait(false);
            else if (LiveStart.IsStop(message.Content))
                return true;
        }
    }

    private async Task SendAsync(RecognitionSession session, SocketWriter writer)
    {
        await foreach (TranscriptUpdate update in session.Updates.ConfigureAwait(false))
            await writer.SendAsync(LiveJson.Update(update)).ConfigureAwait(false);
    }
}
