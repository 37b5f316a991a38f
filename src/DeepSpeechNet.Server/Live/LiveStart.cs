using System.Net.WebSockets;
using System.Text.Json;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Server.Sockets;

namespace DeepSpeechNet.Server.Live;

/// <summary>
/// The first message of a live session: <c>{"type": "start", "sampleRate": 48000, "format": "f32" or "s16", "hotWords": ["..."]}</c>.
/// </summary>
internal sealed record LiveStart(int SampleRate, PcmFormat Format, IReadOnlyList<string> Phrases)
{
    private const int DeepestMessage = 4;

    /// <summary>Reads the message.</summary>
    /// <exception cref="SocketEndException">It is no start message, or a value is out of its range.</exception>
    public static LiveStart Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = DeepestMessage });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !IsType(root, "start"))
                throw Bad("the first message must be the start message");
            int rate = root.TryGetProperty("sampleRate", out JsonElement number) ? number.GetInt32() : 16000;
            if (rate is < 1000 or > 768_000)
                throw Bad("sampleRate must be 1000 to 768000");
            string? name = root.TryGetProperty("format", out JsonElement text) ? text.GetString() : "s16";
            PcmFormat format = name switch
            {
                "s16" => PcmFormat.Int16,
                "f32" => PcmFormat.Float32,
                _ => throw Bad("format must be s16 or f32"),
            };
            string[] phrases = root.TryGetProperty("hotWords", out JsonElement words) ? [.. words.EnumerateArray().Select(w => w.GetString() ?? "")] : [];
            return new LiveStart(rate, format, phrases);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Bad("the start message cannot be read");
        }
    }

    /// <summary>Whether a later text message is the stop message.</summary>
    /// <exception cref="SocketEndException">It is none of the protocol's.</exception>
    public static bool IsStop(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = DeepestMessage });
            return document.RootElement.ValueKind == JsonValueKind.Object && IsType(document.RootElement, "stop") ? true : throw Bad("the only later text message is the stop message");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Bad("the text message cannot be read");
        }
    }

    /// <summary>The hot words; null for none.</summary>
    /// <exception cref="SocketEndException">One cannot be used.</exception>
    public HotWordList? HotWords(Alphabet alphabet, double weight)
    {
        try
        {
            return HotWordText.Parse(Phrases, alphabet, weight, lenient: false);
        }
        catch (HotWordException e)
        {
            throw Bad(e.Message);
        }
    }

    private static bool IsType(JsonElement root, string type) => root.TryGetProperty("type", out JsonElement value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(type);

    private static SocketEndException Bad(string reason) => new(WebSocketCloseStatus.InvalidPayloadData, reason, "bad_message");
}
