using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>How a tensor file is read.</summary>
public sealed record TensorFileOptions
{
    /// <summary>Check the data against its digests before use (about a second for 2 GB). Default true.</summary>
    public bool VerifyData { get; init; } = true;

    /// <summary>Read safetensors files of other programs, which keep no version, digest or alignment. Default false.</summary>
    public bool Foreign { get; init; }
}

/// <summary>
/// A file of named tensors and strings in the safetensors layout, opened for reading. Everything about it is validated before
/// it is used: header, names, shapes, offsets, version and digests.
/// </summary>
/// <remarks>Reading from many threads is safe. Spans taken from it are valid until it is disposed.</remarks>
public sealed unsafe class TensorFile : IDisposable
{
    private readonly Dictionary<string, TensorEntry> _byName = new(StringComparer.Ordinal);
    private readonly List<TensorEntry> _tensors = [];
    private TensorFileData? _data;

    private TensorFile(string name, TensorFileHeader header, TensorFileData data)
    {
        Name = name;
        _data = data;
        Metadata = header.Metadata;
        foreach (TensorEntry entry in header.Entries)
        {
            if (TensorFileHeader.IsPadding(entry)) continue;
            _tensors.Add(entry);
            _byName.Add(entry.Name, entry);
        }
    }

    /// <summary>Name of the file, for messages.</summary>
    public string Name { get; }

    /// <summary>All tensors in the order of their data.</summary>
    public IReadOnlyList<TensorEntry> Tensors => _tensors;

    /// <summary>The strings of the metadata, the format's own (<c>dsn.*</c>) among them.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a whole file into memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="ModelFormatException">The file is damaged, is no tensor file, or has another format version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TensorFile Read(string path, TensorFileOptions? options = null)
    {
        using FileStream file = OpenFile(path);
        return Read(file, path, file.Length, options);
    }

    /// <summary>Reads a whole file from a stream into memory. The stream is read once from its position and not sought in.</summary>
    /// <param name="stream">Where the bytes come from.</param>
    /// <param name="name">Name for messages.</param>
    /// <param name="length">Length of the file in bytes.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="ModelFormatException">The file is damaged, is no tensor file, or has another format version.</exception>
    public static TensorFile Read(Stream stream, string name, long length, TensorFileOptions? options = null)
    {
        options ??= new TensorFileOptions();
        TensorFileHeader header = ReadHeader(stream, name, length, options, out int headBytes);
        var data = TensorFileData.Allocate(length - headBytes);
        return Finish(name, header, data, options, () => data.Fill(stream, name));
    }

    /// <summary>Maps a file into memory: pages come from the disk when they are used, and processes share them.</summary>
    /// <param name="path">The file; it must not be overwritten in place while it is mapped (saves by renaming are safe).</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="ModelFormatException">The file is damaged, is no tensor file, or has another format version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TensorFile Map(string path, TensorFileOptions? options = null)
    {
        options ??= new TensorFileOptions();
        using FileStream file = OpenFile(path);
        long length = file.Length;
        TensorFileHeader header = ReadHeader(file, path, length, options, out int headBytes);
        var data = TensorFileData.Map(file, headBytes, length - headBytes);
        return Finish(path, header, data, options, () => { });
    }

    /// <summary>The entry of a tensor.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <exception cref="ModelFormatException">There is no such tensor.</exception>
    public TensorEntry this[string name] => _byName.TryGetValue(name, out TensorEntry? entry)
        ? entry
        : throw new ModelFormatException(Name, $"tensor '{name}'", "is missing: the file is of another kind than expected");

    /// <summary>Looks a tensor up.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <param name="entry">Its entry, if there is one.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out TensorEntry? entry) => _byName.TryGetValue(name, out entry);

    /// <summary>The bytes of a tensor, little-endian and row-major; valid until this object is disposed.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <exception cref="ModelFormatException">There is no such tensor, or it is over 2 GiB.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        TensorEntry entry = this[name];
        if (entry.Bytes > int.MaxValue) throw new ModelFormatException(Name, $"tensor '{name}'", "is larger than 2 GiB");
        ObjectDisposedException.ThrowIf(_data is null, this);
        return new ReadOnlySpan<byte>(_data.Pointer + entry.Offset, (int)entry.Bytes);
    }

    /// <summary>The elements of a tensor; valid until this object is disposed.</summary>
    /// <typeparam name="T">float, double, Half, sbyte, byte, int or long, as stored.</typeparam>
    /// <param name="name">Name of the tensor.</param>
    /// <exception cref="ModelFormatException">There is no such tensor, or its elements are of another type.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public ReadOnlySpan<T> Elements<T>(string name) where T : unmanaged
    {
        StoredElementType type = this[name].Type;
        if (type != StoredElementTypes.Of<T>())
            throw new ModelFormatException(Name, $"tensor '{name}'", $"holds {type.FileName()} elements, not {StoredElementTypes.Of<T>().FileName()}");
        return MemoryMarshal.Cast<byte, T>(Bytes(name));
    }

    /// <summary>Closes the file; spans taken from it are invalid from now on.</summary>
    public void Dispose()
    {
        _data?.Dispose();
        _data = null;
    }

    private static FileStream OpenFile(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);

    private static TensorFileHeader ReadHeader(Stream stream, string name, long length, TensorFileOptions options, out int headBytes)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Tensor files need a little-endian machine.");
        if (length < sizeof(long))
            throw new ModelFormatException(name, "the file", $"has {length} bytes, too few for a model: it is empty or truncated, copy it again");
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        ReadExactly(stream, prefix, name);
        int headerBytes = TensorFileHeader.CheckLength(name, BinaryPrimitives.ReadUInt64LittleEndian(prefix), length);
        headBytes = sizeof(long) + headerBytes;
        byte[] head = new byte[headBytes];
        prefix.CopyTo(head);
        ReadExactly(stream, head.AsSpan(sizeof(long)), name);
        return TensorFileHeader.Parse(name, head, length - headBytes, options.Foreign);
    }

    internal static void ReadExactly(Stream stream, Span<byte> bytes, string name)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new ModelFormatException(name, "the file", "ended before its stated length: it is truncated, copy it again");
    }

    private static TensorFile Finish(string name, TensorFileHeader header, TensorFileData data, TensorFileOptions options, Action fill)
    {
        try
        {
            fill();
            if (options.VerifyData && !options.Foreign) Verify(name, header, data);
            return new TensorFile(name, header, data);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>One digest over all data; only if it is wrong, the digests of the tensors tell which one is damaged.</summary>
    private static void Verify(string name, TensorFileHeader header, TensorFileData data)
    {
        if (data.Digest(0, data.Length) == header.Metadata[TensorFileFormat.DataDigestKey]) return;
        int position = 0;
        foreach (TensorEntry entry in header.Entries)
        {
            if (TensorFileHeader.IsPadding(entry)) continue;
            string kept = header.TensorDigests.Substring(position, TensorFileFormat.DigestLetters);
            position += TensorFileFormat.DigestLetters;
            if (data.Digest(entry.Offset, entry.Bytes) != kept)
                throw new ModelFormatException(name, $"tensor '{entry.Name}'", "does not match its digest: the file is damaged, copy it again");
        }
        throw new ModelFormatException(name, "the padding between tensors", "does not match the digest: the file is damaged, copy it again");
    }
}
