using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeepSpeechNet.Language;

/// <summary>Writes an <see cref="Alphabet"/> as one JSON string of its symbols and reads it back.</summary>
public sealed class AlphabetJsonConverter : JsonConverter<Alphabet>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">The value is not a string, or the string is no valid alphabet.</exception>
    public override Alphabet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException($"An alphabet is one string of symbols; found {reader.TokenType}.");

        try
        {
            return new Alphabet(reader.GetString()!);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            throw new JsonException(fault.Message, fault);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Alphabet value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(value.Symbols);
    }
}
