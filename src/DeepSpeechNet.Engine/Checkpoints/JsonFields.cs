using System.Text.Json;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>
/// The fields of one JSON object, read one by one: names in snake case, enumerations by name, a missing field is its default, an unknown one a fault.
/// (A serializer's generic metadata would be compiled at every start of the program and cost more than all else that loading a model does.)
/// </summary>
public sealed class JsonFields : IDisposable
{
    private readonly JsonDocument _document;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Reads the text of an object.</summary>
    /// <exception cref="JsonException">The text is no JSON object.</exception>
    public JsonFields(string text)
    {
        _document = JsonDocument.Parse(text);
        if (_document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("it is no JSON object");
    }

    /// <summary>A whole number.</summary>
    /// <exception cref="JsonException">The field is something else.</exception>
    public int Whole(string property, int otherwise) => !Find(property, out JsonElement value) ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Wrong(property, value, "a whole number");

    /// <summary>A whole number of 64 bits.</summary>
    /// <exception cref="JsonException">The field is something else.</exception>
    public long Long(string property, long otherwise) => !Find(property, out JsonElement value) ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : throw Wrong(property, value, "a whole number");

    /// <summary>A number.</summary>
    /// <exception cref="JsonException">The field is something else.</exception>
    public double Number(string property, double otherwise) => !Find(property, out JsonElement value) ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number : throw Wrong(property, value, "a number");

    /// <summary>A number in single precision.</summary>
    /// <exception cref="JsonException">The field is something else.</exception>
    public float Single(string property, float otherwise) => !Find(property, out JsonElement value) ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) ? number : throw Wrong(property, value, "a number");

    /// <summary>True or false.</summary>
    /// <exception cref="JsonException">The field is something else.</exception>
    public bool Flag(string property, bool otherwise) => !Find(property, out JsonElement value) ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(property, value, "true or false");

    /// <summary>A string.</summary>
    /// <exception cref="JsonException">The field is something else.</exception>
    public string Text(string property, string otherwise) => !Find(property, out JsonElement value) ? otherwise
        : value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(property, value, "a string");

    /// <summary>A name of an enumeration.</summary>
    /// <exception cref="JsonException">The field is something else.</exception>
    public object Name(string property, Enum otherwise)
    {
        if (!Find(property, out JsonElement value))
            return otherwise;
        Type type = otherwise.GetType();
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(property, value, "a name");
        return Array.IndexOf(Enum.GetNames(type), text) >= 0
            ? Enum.Parse(type, text)
            : throw new JsonException($"{Key(property)} is '{text}'; it must be one of {string.Join(", ", Enum.GetNames(type))}");
    }

    /// <summary>Refuses fields that were not asked for; call it last.</summary>
    /// <exception cref="JsonException">There is a field that was not asked for.</exception>
    public void RefuseOthers()
    {
        foreach (JsonProperty property in _document.RootElement.EnumerateObject())
        {
            if (!_known.Contains(property.Name))
                throw new JsonException($"it has the field '{property.Name}', which this program does not know");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    private static string Key(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    private static JsonException Wrong(string property, JsonElement value, string wanted) => new($"{Key(property)} is {value.GetRawText()}; it must be {wanted}");

    private bool Find(string property, out JsonElement value)
    {
        string key = Key(property);
        _known.Add(key);
        return _document.RootElement.TryGetProperty(key, out value);
    }
}
