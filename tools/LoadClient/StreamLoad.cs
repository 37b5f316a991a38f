using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;

namespace DeepSpeechNet.LoadClient;

/// <summary>Streams that send clips one after the other, each clip a session, in real time.</summary>
internal static class StreamLoad
{
    private const int Rate = 16000;

    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs streams for a time.</summary>
    public static async Task<LoadResult> RunAsync(Uri address, float[][] clips, int streams, TimeSpan length, int chunkMilliseconds)
    {
        LoadResult result = new();
        long end = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, streams).Select(async stream =>
        {
            // Streams start apart, as people do.
            await Task.Delay(stream * chunkMilliseconds * 7 / 11 % 2000);
            for (int i = stream; Stopwatch.GetTimestamp() < end; i++)
            {
                try
                {
                    await new Talk(clips[i % clips.Length], chunkMilliseconds, result).RunAsync(address);
                    result.Ended();
                }
                catch (Exception e) when (e is WebSocketException or InvalidOperationException or JsonException or IOException)
                {
                    result.Ended(e);
                    await Task.Delay(100);
                }
            }
        }));
        return result;
    }

    /// <summary>A text that came, and how much of the stream it had heard, in seconds.</summary>
    private sealed record Text(long Time, bool Final, double End, Word[] Words);

    /// <summary>A word of a text, with its place in the stream in seconds.</summary>
    private sealed record Word(string Letters, double Start, double End)
    {
        public bool Meets(Word other) => other.Start < End && Start < other.End;
    }

    /// <summary>One session.</summary>
    private sealed class Talk(float[] clip, int chunkMilliseconds, LoadResult result)
    {
        private readonly int _chunk = Rate * chunkMilliseconds / 1000;
        private readonly List<long> _sent = [];
        private readonly List<Text> _heard = [];

        public async Task RunAsync(Uri address)
        {
            using ClientWebSocket socket = new();
            await socket.ConnectAsync(address, CancellationToken.None);
            await SendAsync(socket, """{"type":"start","sampleRate":16000,"format":"s16"}"""u8.ToArray(), WebSocketMessageType.Text);
            Task listening = ListenAsync(socket);
            long began = Stopwatch.GetTimestamp();
            for (int at = 0, n = 1; at < clip.Length; at += _chunk, n++)
            {
                // A chunk can be sent when its last sample has been spoken.
                TimeSpan due = TimeSpan.FromSeconds(n * _chunk / (double)Rate) - Stopwatch.GetElapsedTime(began);
                if (due > TimeSpan.Zero)
                    await Task.Delay(due);
                result.Sent(late: TimeSpan.FromSeconds(n * _chunk / (double)Rate) + Lateness < Stopwatch.GetElapsedTime(began));
                _sent.Add(Stopwatch.GetTimestamp());
                await SendAsync(socket, Pcm(clip.AsSpan(at, Math.Min(_chunk, clip.Length - at))), WebSocketMessageType.Binary);
            }

            long stopped = Stopwatch.GetTimestamp();
            await SendAsync(socket, """{"type":"stop"}"""u8.ToArray(), WebSocketMessageType.Text);
            await listening;
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            result.Finals.Add("", Stopwatch.GetElapsedTime(stopped, _heard.Count > 0 ? Math.Max(stopped, _heard[^1].Time) : Stopwatch.GetTimestamp()));
            Measure();
        }

        /// <summary>
        /// Texts: from the sending of the last chunk that a partial text has heard to its coming. Words of final texts: from the sending of the chunk that holds a
        /// word's end to the first text that has a word there, and to the first that has the right word there.
        /// </summary>
        private void Measure()
        {
            if (_heard.Count > 0 && !_heard[^1].Final)
                throw new InvalidOperationException("There was a partial text and no final one.");
            foreach (Text text in _heard.Where(t => !t.Final))
                result.Texts.Add("", Stopwatch.GetElapsedTime(Sent(text.End - (1.0 / Rate)), text.Time));
            foreach (Word word in _heard.Where(t => t.Final).SelectMany(t => t.Words))
            {
                long sent = Sent(word.End);
                result.Words.Add(word.Letters, Stopwatch.GetElapsedTime(sent, _heard.First(t => t.Time >= sent && t.Words.Any(word.Meets)).Time));
                result.RightWords.Add(word.Letters, Stopwatch.GetElapsedTime(sent, _heard.First(t => t.Time >= sent && t.Words.Any(w => word.Meets(w) && w.Letters == word.Letters)).Time));
            }
        }

        private long Sent(double seconds) => _sent[Math.Clamp((int)(seconds * Rate / _chunk), 0, _sent.Count - 1)];

        private async Task ListenAsync(ClientWebSocket socket)
        {
            byte[] buffer = new byte[1 << 18];
            while (true)
            {
                int length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += part.Count;
                    if (part.MessageType == WebSocketMessageType.Close)
                        throw new InvalidOperationException($"The server closed: {socket.CloseStatusDescription}");
                }
                while (!part.EndOfMessage);
                long now = Stopwatch.GetTimestamp();
                using JsonDocument message = JsonDocument.Parse(buffer.AsMemory(0, length));
                JsonElement root = message.RootElement;
                string? type = root.GetProperty("type").GetString();
                if (type == "end")
                    return;
                if (type is not ("partial" or "final"))
                    continue;
                Word[] words = [.. root.GetProperty("words").EnumerateArray().Select(w => new Word(w.GetProperty("word").GetString()!, w.GetProperty("start").GetDouble(), w.GetProperty("end").GetDouble()))];
                _heard.Add(new Text(now, type == "final", root.GetProperty("end").GetDouble(), words));
            }
        }

        private static Task SendAsync(ClientWebSocket socket, byte[] message, WebSocketMessageType type) => socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None);

        private static byte[] Pcm(ReadOnlySpan<float> samples)
        {
            byte[] bytes = new byte[2 * samples.Length];
            for (int i = 0; i < samples.Length; i++)
                BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)Math.Clamp(32768 * samples[i], -32768, 32767));
            return bytes;
        }
    }
}
