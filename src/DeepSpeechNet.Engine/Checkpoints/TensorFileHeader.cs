using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>A parsed and validated header: nothing about the data is allocated before all of it has been checked.</summary>
internal sealed class TensorFileHeader
{
    private readonly string _file;
    private readonly List<TensorEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private int _digestPosition = -1;

    private TensorFileHeader(string file) => _file = file;

    /// <summary>All tensors, padding included, in the order of their data.</summary>
    public List<TensorEntry> Entries => _entries;

    public Dictionary<string, string> Metadata => _metadata;

    public static bool IsPadding(TensorEntry entry) => entry.Name.StartsWith(TensorFileFormat.PadPrefix, StringComparison.Ordinal);

    /// <summary>Checks the length field, which comes before the header.</summary>
    public static int CheckLength(string file, ulong length, long fileLength)
    {
        if (length is < 2 or > TensorFileFormat.MaxHeaderBytes)
            throw new ModelFormatException(file, "the header length (bytes 0 to 7)", $"is {length}, and must be from 2 to 16,777,216: " +
                "this is no model file, or a damaged one");
        if ((long)length > fileLength - sizeof(long))
            throw new ModelFormatException(file, "the header", $"should have {length} bytes, but the file ends after " +
                $"{fileLength - sizeof(long)} of them: it is truncated, copy it again");
        return (int)length;
    }

    /// <param name="file">Name for messages.</param>
    /// <param name="head">Length field and JSON: the bytes before the data. Changed where its digest stands.</param>
    /// <param name="dataLength">Bytes behind the header.</param>
    /// <param name="foreign">True for files of other programs: no version, digests or alignment are asked for.</param>
    public static TensorFileHeader Parse(string file, Span<byte> head, long dataLength, bool foreign)
    {
        var header = new TensorFileHeader(file);
        ReadOnlySpan<byte> json = head[sizeof(long)..];
        if (json[0] != (byte)'{')
            throw header.Fault("byte 8", "is not '{', with which the header must start: this is no model file, or a damaged one");
        if (!Utf8.IsValid(json)) throw header.Damaged("the header", "is not valid UTF-8");
        try
        {
            header.ReadRoot(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            string place = e is JsonException j ? $" at byte {sizeof(long) + j.BytePositionInLine} of the file" : "";
            throw new ModelFormatException(file, "the header", $"is not the JSON it should be{place}: the file is damaged, copy it again", e);
        }
        if (!foreign) header.CheckVersion();
        header.CheckCoverage(dataLength);
        if (!foreign) header.CheckOwnRules(head);
        return header;
    }

    /// <summary>Digest of each tensor in the order of the data, padding left out; empty if the file keeps none.</summary>
    public string TensorDigests => _metadata.GetValueOrDefault(TensorFileFormat.TensorDigestsKey, "");

    private ModelFormatException Fault(string field, string problem) => new(_file, field, problem);

    private ModelFormatException Damaged(string field, string problem) =>
        Fault(field, $"{problem}: the file is damaged, copy it again");

    private void ReadRoot(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 3 });
        var names = new HashSet<string>(StringComparer.Ordinal);
        int real = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!names.Add(name)) throw Damaged($"'{name}'", "stands twice in the header");
            reader.Read();
            if (name == TensorFileFormat.Metadata)
            {
                ReadMetadata(ref reader);
                continue;
            }
            TensorEntry entry = ReadEntry(ref reader, name);
            _entries.Add(entry);
            if (!IsPadding(entry) && ++real > TensorFileFormat.MaxTensors || _entries.Count > 2 * TensorFileFormat.MaxTensors)
                throw Fault("the header", "names more than 10,000 tensors: this is no model file, or a damaged one");
        }
        // Reads on to the end: anything but white space behind the object is an error.
        while (reader.Read())
        {
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Damaged("__metadata__", "is not an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Damaged($"metadata '{key}'", "is not a string");
            if (!_metadata.TryAdd(key, reader.GetString()!)) throw Damaged($"metadata '{key}'", "stands twice");
            if (key == TensorFileFormat.HeaderDigestKey && !reader.ValueIsEscaped && reader.ValueSpan.Length == TensorFileFormat.DigestLetters)
                _digestPosition = sizeof(long) + (int)reader.TokenStartIndex + 1;
        }
    }

    private TensorEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        string field = $"tensor '{name}'";
        if (reader.TokenType != JsonTokenType.StartObject) throw Damaged(field, "is not described by an object");
        StoredElementType? type = null;
        ImmutableArray<long>? shape = null;
        ImmutableArray<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype" when type is null:
                    if (reader.TokenType != JsonTokenType.String || !StoredElementTypes.TryParse(reader.ValueSpan, out StoredElementType known))
                        throw Fault(field, "has an element type that this program does not know: the file is damaged, or from a newer program");
                    type = known;
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, field, "shape", TensorFileFormat.MaxDimensions);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, field, "data_offsets", 2);
                    break;
                default:
                    throw Damaged(field, $"has the field '{key}' twice or unexpectedly");
            }
        }
        if (type is null || shape is null || offsets is not [long begin, long end])
            throw Damaged(field, "lacks its dtype, shape or pair of data_offsets");

        long bytes = type.Value.SizeInBytes();
        bool empty = shape.Value.Contains(0);
        foreach (long size in shape.Value)
        {
            // With a zero among the sizes the product is zero, whatever the others are.
            if (!empty && size > long.MaxValue / bytes) throw Damaged(field, "has a shape of more than 2^63 bytes");
            bytes = empty ? 0 : bytes * size;
        }
        if (begin > end || end - begin != bytes)
            throw Damaged(field, $"has data_offsets [{begin}, {end}], but its shape [{string.Join(", ", shape.Value)}] and type " +
                $"{type.Value.FileName()} take {bytes} bytes");
        return new TensorEntry(name, type.Value, shape.Value, begin, bytes);
    }

    private ImmutableArray<long> ReadNumbers(ref Utf8JsonReader reader, string field, string key, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Damaged(field, $"has a {key} that is no array");
        Span<long> numbers = stackalloc long[TensorFileFormat.MaxDimensions];
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == most) throw Damaged(field, $"has a {key} of more than {most} numbers");
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw Damaged(field, $"has a {key} with something other than whole numbers from 0 to 2^63-1");
            numbers[count++] = number;
        }
        return [.. numbers[..count]];
    }

    /// <summary>Sorts by offset; each tensor must begin where the one before it ends, and the last must end with the file.</summary>
    private void CheckCoverage(long dataLength)
    {
        _entries.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.Bytes.CompareTo(b.Bytes));
        long end = 0;
        foreach (TensorEntry entry in _entries)
        {
            if (entry.Offset != end)
                throw Damaged($"tensor '{entry.Name}'", $"begins at byte {entry.Offset} of the data, but the one before it ends at {end}");
            if (entry.Bytes > long.MaxValue - end) throw Damaged($"tensor '{entry.Name}'", "ends beyond 2^63 bytes");
            end += entry.Bytes;
        }
        if (end > dataLength)
            throw Fault("the data", $"should have {end} bytes, but the file ends after {dataLength} of them: it is truncated, copy it again");
        if (end < dataLength)
            throw Fault("the data", $"should have {end} bytes, but the file has {dataLength}: something was written behind it, copy it again");
    }

    private void CheckVersion()
    {
        if (!_metadata.TryGetValue(TensorFileFormat.VersionKey, out string? version))
            throw Fault($"metadata '{TensorFileFormat.VersionKey}'", "is missing: the file was not written by this program, or is damaged");
        if (version != TensorFileFormat.Version.ToString())
            throw Fault("the format version", $"is {Short(version)}, and this program reads version {TensorFileFormat.Version}: use the program " +
                "version that wrote the file, or get the model in this version");
    }

    private static string Short(string text) => text.Length <= 20 ? $"'{text}'" : $"'{text[..20]}...'";

    private void CheckOwnRules(Span<byte> head)
    {
        if (_digestPosition < 0)
            throw Damaged($"metadata '{TensorFileFormat.HeaderDigestKey}'", "is missing or no digest");
        Span<byte> place = head.Slice(_digestPosition, TensorFileFormat.DigestLetters);
        string kept = Encoding.ASCII.GetString(place);
        place.Fill((byte)'0');
        if (kept != Convert.ToHexStringLower(SHA256.HashData(head)))
            throw Damaged("the header", "does not match its digest");

        if (TensorFileFormat.Padding(head.Length) != 0)
            throw Fault("the header", "does not end at a multiple of 64 bytes: the file was not written by this program");
        int real = 0;
        foreach (TensorEntry entry in _entries)
        {
            if (IsPadding(entry)) continue;
            real++;
            if (TensorFileFormat.Padding(entry.Offset) != 0)
                throw Fault($"tensor '{entry.Name}'", "does not begin at a multiple of 64 bytes: the file was not written by this program");
        }
        if (!_metadata.ContainsKey(TensorFileFormat.DataDigestKey) || TensorDigests.Length != real * TensorFileFormat.DigestLetters)
            throw Fault("the metadata", "lacks the digests of the data: the file was not written by this program");
    }
}
