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
                    result.Ended(failed: false);
                }
                catch (Exception e) when (e is WebSocketException or InvalidOperationException or JsonException or IOException)
                {
                    result.Ended(failed: true);
                    await Task.Delay(100);
                }
            }
        }));
        return result;
    }

    /// <summary>One session.</summary>
    private sealed class Talk(float[] clip, int chunkMilliseconds, LoadResult result)
    {
        private readonly int _chunk = Rate * chunkMilliseconds / 1000;
        private readonly List<long> _sent = [];
        private readonly List<(long Time, int Utterance, bool Final, string[] Words, double[] Ends)> _heard = [];

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
            result.Finals.Add(Stopwatch.GetElapsedTime(stopped, _heard.Count > 0 ? Math.Max(stopped, _heard[^1].Time) : Stopwatch.GetTimestamp()));
            Measure();
        }

        /// <summary>
        /// For each word of the last text: from the sending of the chunk that holds its end to the first update that has the word in its place. Words that no
        /// partial text showed before the stop count with the final text that did.
        /// </summary>
        private void Measure()
        {
            int done = 0;
            foreach ((_, int utterance, bool final, string[] words, double[] ends) in _heard)
            {
                if (!final)
                    continue;
                for (int w = 0; w < words.Length; w++)
                {
                    int chunk = Math.Min(_sent.Count - 1, (int)(ends[w] * Rate / _chunk));
                    foreach ((long time, int of, _, string[] shown, _) in _heard)
                    {
                        if (of != utterance || time < _sent[chunk] || w >= shown.Length || shown[w] != words[w])
                            continue;
                        result.Partials.Add(Stopwatch.GetElapsedTime(_sent[chunk], time));
                        break;
                    }
                }

                done++;
            }

            if (done == 0 && _heard.Count > 0)
                throw new InvalidOperationException("There was a partial text and no final one.");
        }

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
                string? type = message.RootElement.GetProperty("type").GetString();
                if (type == "end")
                    return;
                if (type is not ("partial" or "final"))
                    continue;
                JsonElement[] words = [.. message.RootElement.GetProperty("words").EnumerateArray()];
                _heard.Add((now, message.RootElement.GetProperty("utterance").GetInt32(), type == "final", [.. words.Select(w => w.GetProperty("word").GetString()!)], [.. words.Select(w => w.GetProperty("end").GetDouble())]));
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
