using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>Hands over the bytes of a tensor at the time of saving. It is called twice and must give the same bytes.</summary>
public delegate ReadOnlySpan<byte> TensorBytes();

/// <summary>
/// Collects named tensors and strings and saves them as one file in the safetensors layout, 64-byte aligned and with digests
/// (see <see cref="TensorFile"/> for reading). The data is not copied: it is read when the file is saved, and must not change
/// until then. A tensor is at most 2 GiB.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class TensorFileWriter
{
    private readonly List<(TensorEntry Entry, TensorBytes Data)> _tensors = [];
    private readonly HashSet<string> _names = [];
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private long _end;

    /// <summary>Number of tensors added.</summary>
    public int Count => _names.Count;

    /// <summary>Sets a string of the metadata; a second value for a key replaces the first.</summary>
    /// <param name="key">Name of the string; <c>dsn.</c> at its start is reserved.</param>
    /// <param name="value">Any text, often JSON.</param>
    /// <exception cref="ArgumentException">The key is empty or reserved.</exception>
    public void SetMetadata(string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        if (key.StartsWith(TensorFileFormat.ReservedKeyPrefix, StringComparison.Ordinal))
            throw new ArgumentException($"Metadata key '{key}' is reserved: keys may not start with 'dsn.'.", nameof(key));
        _metadata[key] = value;
    }

    /// <summary>Adds a tensor of float, double, Half, sbyte, byte, int or long elements.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="name">Name, not used yet.</param>
    /// <param name="shape">Sizes, slowest dimension first; at most eight.</param>
    /// <param name="data">Row-major elements; read when saving.</param>
    /// <exception cref="ArgumentException">The name is used or reserved, or the shape does not fit the data.</exception>
    /// <exception cref="NotSupportedException">No such element type in a tensor file.</exception>
    public void Add<T>(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<T> data) where T : unmanaged =>
        Add(name, StoredElementTypes.Of<T>(), shape, () => MemoryMarshal.AsBytes(data.Span));

    /// <summary>Adds a tensor whose bytes are handed over when the file is saved.</summary>
    /// <param name="name">Name, not used yet.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Sizes, slowest dimension first; at most eight.</param>
    /// <param name="data">Gives the little-endian, row-major bytes.</param>
    /// <exception cref="ArgumentException">The name is used or reserved, or the shape does not fit the data.</exception>
    public void Add(string name, StoredElementType type, ReadOnlySpan<long> shape, TensorBytes data)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(data);
        if (name.StartsWith("__", StringComparison.Ordinal))
            throw new ArgumentException($"Tensor name '{name}' is reserved: names may not start with '__'.", nameof(name));
        if (shape.Length > TensorFileFormat.MaxDimensions)
            throw new ArgumentException($"Tensor '{name}' has {shape.Length} dimensions; at most 8 can be stored.", nameof(shape));
        if (_names.Count == TensorFileFormat.MaxTensors)
            throw new ArgumentException($"Tensor '{name}' is one too many: a file holds at most 10,000.", nameof(name));
        long bytes = type.SizeInBytes();
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            bytes = checked(bytes * size);
        }
        if (data().Length != bytes)
            throw new ArgumentException($"Tensor '{name}' of shape [{string.Join(", ", shape.ToArray())}] and type {type.FileName()} " +
                $"takes {bytes} bytes, but {data().Length} are given.", nameof(data));
        if (!_names.Add(name)) throw new ArgumentException($"Tensor '{name}' is there already.", nameof(name));

        // The gap before this tensor becomes a tensor of its own; the last tensor has none behind it.
        int gap = TensorFileFormat.Padding(_end);
        if (gap > 0)
        {
            var pad = new TensorEntry($"{TensorFileFormat.PadPrefix}{_tensors.Count}", StoredElementType.UInt8, [gap], _end, gap);
            _tensors.Add((pad, () => new byte[gap]));
            _end += gap;
        }
        _tensors.Add((new TensorEntry(name, type, [.. shape], _end, bytes), data));
        _end += bytes;
    }

    /// <summary>Saves the file atomically (see <see cref="AtomicFile"/>).</summary>
    /// <param name="path">The file to create or to replace.</param>
    /// <exception cref="FileSaveException">It could not be saved; the old file is unchanged.</exception>
    /// <exception cref="InvalidOperationException">Names and metadata take more than 16 MiB.</exception>
    public void Save(string path) => Save(path, DiskFileLayer.Instance);

    internal void Save(string path, IFileLayer files)
    {
        byte[] header = BuildHeader();
        AtomicFile.Write(path, stream => Write(stream, header), files);
    }

    /// <summary>Writes the file's bytes to a stream. To save to a disk use <see cref="Save(string)"/>.</summary>
    /// <param name="stream">Where the bytes go.</param>
    /// <exception cref="InvalidOperationException">Names and metadata take more than 16 MiB.</exception>
    public void WriteTo(Stream stream) => Write(stream, BuildHeader());

    private void Write(Stream stream, byte[] header)
    {
        stream.Write(header);
        foreach ((_, TensorBytes data) in _tensors) stream.Write(data());
    }

    /// <summary>The length and the JSON, padded with spaces.</summary>
    private byte[] BuildHeader()
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Tensor files need a little-endian machine.");
        using var json = new MemoryStream();
        json.Write(new byte[sizeof(long)]);
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            WriteMetadata(writer);
            foreach ((TensorEntry entry, _) in _tensors) WriteEntry(writer, entry);
            writer.WriteEndObject();
        }

        int length = (int)json.Length;
        byte[] header = new byte[length + TensorFileFormat.Padding(length)];
        json.ToArray().CopyTo(header, 0);
        header.AsSpan(length).Fill((byte)' ');
        if (header.Length - sizeof(long) > TensorFileFormat.MaxHeaderBytes)
            throw new InvalidOperationException($"Tensor names and metadata take {header.Length} bytes; a file holds at most 16 MiB of them.");
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - sizeof(long));

        int digest = header.AsSpan().IndexOf(Encoding.UTF8.GetBytes(ZeroDigest));
        string hash = Convert.ToHexStringLower(SHA256.HashData(header));
        Encoding.ASCII.GetBytes(hash, header.AsSpan(digest));
        return header;
    }

    private static string ZeroDigest { get; } = new('0', TensorFileFormat.DigestLetters);

    private void WriteMetadata(Utf8JsonWriter writer)
    {
        writer.WriteStartObject(TensorFileFormat.Metadata);
        // First, so that the first run of 64 zeros in the header is the place of its digest.
        writer.WriteString(TensorFileFormat.HeaderDigestKey, ZeroDigest);
        writer.WriteString(TensorFileFormat.VersionKey, TensorFileFormat.Version.ToString());
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var each = new StringBuilder(_names.Count * TensorFileFormat.DigestLetters);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        foreach ((TensorEntry entry, TensorBytes data) in _tensors)
        {
            ReadOnlySpan<byte> bytes = data();
            if (bytes.Length != entry.Bytes) throw new InvalidOperationException($"Tensor '{entry.Name}' changed its size before it was saved.");
            whole.AppendData(bytes);
            if (!_names.Contains(entry.Name)) continue;
            SHA256.HashData(bytes, hash);
            each.Append(Convert.ToHexStringLower(hash));
        }
        writer.WriteString(TensorFileFormat.DataDigestKey, Convert.ToHexStringLower(whole.GetHashAndReset()));
        writer.WriteString(TensorFileFormat.TensorDigestsKey, each.ToString());
        foreach ((string key, string value) in _metadata) writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter writer, TensorEntry entry)
    {
        writer.WriteStartObject(entry.Name);
        writer.WriteString("dtype", entry.Type.FileName());
        writer.WriteStartArray("shape");
        foreach (long size in entry.Shape) writer.WriteNumberValue(size);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(entry.Offset);
        writer.WriteNumberValue(entry.Offset + entry.Bytes);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
