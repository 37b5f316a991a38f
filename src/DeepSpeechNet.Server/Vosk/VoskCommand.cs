using System.Net.WebSockets;
using System.Text.Json;
using DeepSpeechNet.Server.Sockets;

namespace DeepSpeechNet.Server.Vosk;

/// <summary>What a Vosk client's text message asks for.</summary>
internal enum VoskCommandKind
{
    /// <summary>Settings; there is no answer.</summary>
    Config,

    /// <summary>The end: the last result, then the close.</summary>
    End,

    /// <summary>A result of what was heard so far; recognition goes on.</summary>
    Reset,
}

/// <summary>A text message of a Vosk client.</summary>
internal sealed record VoskCommand(VoskCommandKind Kind, VoskSettings Settings)
{
    private const int MaximumAlternatives = 100, DeepestMessage = 8;

    /// <summary>Reads a message; what it does not mention stays as it was.</summary>
    /// <param name="utf8">The text, in any spacing.</param>
    /// <param name="settings">The settings so far.</param>
    /// <param name="modelName">The one model there is.</param>
    /// <exception cref="SocketEndException">The message is none of the protocol's.</exception>
    public static VoskCommand Parse(ReadOnlyMemory<byte> utf8, VoskSettings settings, string modelName)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = DeepestMessage });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Bad("a text message must be a JSON object");
            if (root.TryGetProperty("eof", out JsonElement end) && IsTrue(end))
                return new VoskCommand(VoskCommandKind.End, settings);
            if (root.TryGetProperty("reset", out JsonElement reset) && IsTrue(reset))
                return new VoskCommand(VoskCommandKind.Reset, settings);
            if (root.TryGetProperty("config", out JsonElement config) && config.ValueKind == JsonValueKind.Object)
                return new VoskCommand(VoskCommandKind.Config, Configure(config, settings, modelName));
            throw Bad("a text message must hold config, eof or reset");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Bad("the text message is no JSON");
        }
    }

    private static VoskSettings Configure(JsonElement config, VoskSettings settings, string modelName)
    {
        foreach (JsonProperty field in config.EnumerateObject())
        {
            JsonElement value = field.Value;
            switch (field.Name)
            {
                case "sample_rate":
                    settings = settings with { SampleRate = (int)Number(value, "sample_rate", 1000, 768_000) };
                    break;
                case "words":
                    settings = settings with { Words = IsTrue(value) };
                    break;
                case "max_alternatives":
                    settings = settings with { Alternatives = (int)Number(value, "max_alternatives", 0, MaximumAlternatives) };
                    break;
                case "phrase_list":
                    settings = settings with { Phrases = Phrases(value) };
                    break;
                case "model" when value.ValueKind != JsonValueKind.String || value.GetString() != modelName:
                    throw Bad($"there is one model here, {modelName}");
            }
        }

        return settings;
    }

    /// <summary>Clients send the list as an array, or as an array written into a string.</summary>
    private static string[] Phrases(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            using JsonDocument inner = JsonDocument.Parse(value.GetString()!, new JsonDocumentOptions { MaxDepth = DeepestMessage });
            return Phrases(inner.RootElement.Clone());
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > HotWordText.MostPhrases)
            throw Bad($"phrase_list must be an array of at most {HotWordText.MostPhrases} phrases");
        return [.. value.EnumerateArray().Select(p => p.ValueKind == JsonValueKind.String ? p.GetString()! : throw Bad("phrase_list must hold strings"))];
    }

    private static double Number(JsonElement value, string name, double lowest, double highest)
    {
        double number = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when double.TryParse(value.GetString(), out double text) => text,
            _ => double.NaN,
        };
        return number >= lowest && number <= highest ? number : throw Bad($"{name} must be {lowest} to {highest}");
    }

    private static bool IsTrue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.Number => value.GetDouble() != 0,
        _ => false,
    };

    private static SocketEndException Bad(string reason) => new(WebSocketCloseStatus.InvalidPayloadData, reason, "bad_message");
}
