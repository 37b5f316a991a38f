using System.Diagnostics;
using System.Net.WebSockets;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Server.Observing;
using DeepSpeechNet.Server.Sockets;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server.Vosk;

/// <summary>
/// The protocol of Vosk's WebSocket server: settings without an answer, 16-bit samples with one answer a message, <c>eof</c> with the last result and the
/// close, <c>reset</c> with a result and no close.
/// </summary>
internal sealed class VoskProtocol(Recognizer recognizer, ServerOptions options, ServerMetrics metrics)
{
    public async Task<TimeSpan> RunAsync(SocketConnection connection)
    {
        VoskSettings settings = new();
        VoskStream? stream = null;
        try
        {
            while (true)
            {
                SocketMessage message;
                try
                {
                    message = await connection.Reader.ReadAsync(connection.Stopping).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (connection.Stopping.IsCancellationRequested)
                {
                    await EndAsync(connection, stream, settings).ConfigureAwait(false);
                    break;
                }

                if (message.Kind == WebSocketMessageType.Close)
                    break;
                if (message.Kind == WebSocketMessageType.Binary)
                {
                    stream ??= Start(settings);
                    byte[] answer = await stream.HearAsync(message.Content, connection.Aborted).ConfigureAwait(false);
                    await connection.Writer.SendAsync(answer).ConfigureAwait(false);
                    continue;
                }

                VoskCommand command = VoskCommand.Parse(message.Content, settings, options.ModelName);
                settings = command.Settings;
                if (command.Kind == VoskCommandKind.End)
                {
                    await EndAsync(connection, stream, settings).ConfigureAwait(false);
                    break;
                }

                if (command.Kind == VoskCommandKind.Reset)
                    await connection.Writer.SendAsync(stream is null ? VoskJson.Result([], settings) : await stream.CutAsync(connection.Aborted).ConfigureAwait(false)).ConfigureAwait(false);
            }

            return stream?.Heard ?? TimeSpan.Zero;
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task EndAsync(SocketConnection connection, VoskStream? stream, VoskSettings settings)
    {
        long began = Stopwatch.GetTimestamp();
        byte[] answer = stream is null ? VoskJson.Result([], settings) : await stream.EndAsync(connection.Aborted).ConfigureAwait(false);
        await connection.Writer.SendAsync(answer).ConfigureAwait(false);
        metrics.FinalAfter(Stopwatch.GetElapsedTime(began));
    }

    private VoskStream Start(VoskSettings settings)
    {
        HotWordList? hotWords = null;
        try
        {
            hotWords = HotWordText.Parse(settings.Phrases, recognizer.Model.Alphabet, options.HotWordWeight, lenient: true);
            SessionOptions session = SessionSettings.Create(recognizer, options, settings.SampleRate, hotWords, settings.Alternatives);
            return new VoskStream(() => recognizer.StartSession(session), settings);
        }
        catch (Exception e) when (e is HotWordException or ArgumentException)
        {
            throw new SocketEndException(WebSocketCloseStatus.InvalidPayloadData, e.Message, "bad_message");
        }
    }
}
