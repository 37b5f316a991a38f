using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// A corpus decoded once into a single memory-mapped file of 16-bit samples (made by <see cref="CorpusPacker"/>). Opening it
/// checks header, index, offsets and sizes; each clip's checksum is checked when it is read.
/// </summary>
public sealed unsafe class SampleStore : ISpeechCorpus
{
    private readonly List<CorpusEntry> _entries = [];
    private readonly List<(long Offset, int Samples, uint Checksum)> _places = [];
    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _bytes;

    private SampleStore(string path, FileStream stream)
    {
        _path = path;
        ReadIndex(stream);
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, stream.Length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
        _bytes += _view.PointerOffset;
    }

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public int SampleRate { get; private set; }

    /// <inheritdoc/>
    public CorpusEntry this[int index] => _entries[index];

    /// <summary>Opens a store.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CorpusException">There is no such file, or it is no store, is damaged, or has another version.</exception>
    public static SampleStore Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Stores of samples need a little-endian machine.");
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return new SampleStore(path, stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException(path, 0, e is FileNotFoundException or DirectoryNotFoundException
                ? "there is no such store" : $"the store cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>Whether a file begins as a store does; false if it cannot be read.</summary>
    /// <param name="path">The file.</param>
    public static bool IsStore(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            Span<byte> start = stackalloc byte[SampleStoreFormat.Magic.Length];
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(SampleStoreFormat.Magic);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Number of samples of a clip.</summary>
    /// <param name="index">Clip, from 0 to <see cref="Count"/> - 1.</param>
    public int SampleCount(int index) => _places[index].Samples;

    /// <inheritdoc/>
    public SampleBuffer ReadSamples(int index)
    {
        var buffer = new SampleBuffer(_places[index].Samples);
        try
        {
            ReadSamples(index, buffer.Span);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Reads the sound of a clip, from -1 to 1.</summary>
    /// <param name="index">Clip, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="samples">Gets <see cref="SampleCount"/> samples.</param>
    /// <exception cref="CorpusException">The clip is damaged.</exception>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public void ReadSamples(int index, Span<float> samples)
    {
        (long offset, int count, uint checksum) = _places[index];
        if (samples.Length < count) throw new ArgumentException($"The clip has {count} samples, the span room for {samples.Length}.", nameof(samples));
        ObjectDisposedException.ThrowIf(_bytes == null, this);
        var bytes = new ReadOnlySpan<byte>(_bytes + offset, count * sizeof(short));
        if (SampleStoreFormat.Checksum(bytes) != checksum)
            throw new CorpusException(_path, 0, $"the samples of '{_entries[index].Path}' are damaged; pack the corpus again");
        SampleStoreFormat.Expand(MemoryMarshal.Cast<byte, short>(bytes), samples);
    }

    /// <summary>Closes the file. No clip may be read at that time or after it.</summary>
    public void Dispose()
    {
        if (_bytes == null) return;
        _bytes = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private CorpusException Damaged(string problem) => new(_path, 0, $"{problem}; pack the corpus again");

    private void ReadIndex(FileStream stream)
    {
        Span<byte> header = stackalloc byte[SampleStoreFormat.HeaderBytes];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || !header.StartsWith(SampleStoreFormat.Magic))
            throw new CorpusException(_path, 0, "this is no store of samples; make one with 'dsn corpus pack'");
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != SampleStoreFormat.Version)
            throw Damaged($"the store has version {version}, and this program reads version {SampleStoreFormat.Version}");
        SampleRate = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
        long count = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        long length = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        if (SampleRate is < 1 or > 1_000_000) throw Damaged($"the store's sample rate of {SampleRate} is impossible");
        if (offset < SampleStoreFormat.HeaderBytes || offset > stream.Length || length != stream.Length - offset)
            throw Damaged($"the store has {stream.Length} bytes, but its index should lie at {offset} and have {length}: it is truncated or damaged");
        if (length > Array.MaxLength || count < 0 || count > length / SampleStoreFormat.SmallestRecord)
            throw Damaged($"the store's index of {length} bytes cannot hold {count} clips");

        byte[] index = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(index);
        if (!SHA256.HashData(index).AsSpan(0, SampleStoreFormat.DigestBytes).SequenceEqual(header.Slice(40, SampleStoreFormat.DigestBytes)))
            throw Damaged("the store's index does not match its digest: the file is damaged");
        ReadRecords(index, (int)count, offset);
    }

    private void ReadRecords(byte[] index, int count, long end)
    {
        using var records = new BinaryReader(new MemoryStream(index), Encoding.UTF8);
        try
        {
            for (int i = 0; i < count; i++)
            {
                long offset = records.ReadInt64();
                int samples = records.ReadInt32();
                uint checksum = records.ReadUInt32();
                if (offset < SampleStoreFormat.HeaderBytes || offset % SampleStoreFormat.Alignment != 0 || offset > end
                    || samples is < 0 or > int.MaxValue / sizeof(float) || samples * (long)sizeof(short) > end - offset)
                    throw Damaged($"clip {i} of the store lies outside its samples");
                _places.Add((offset, samples, checksum));
                _entries.Add(new CorpusEntry(records.ReadString(), records.ReadString(), records.ReadString(), records.ReadString(),
                    records.ReadString(), (double)samples / SampleRate));
            }
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw new CorpusException(_path, 0, "the store's index is damaged; pack the corpus again", e);
        }
        if (records.BaseStream.Position != index.Length) throw Damaged("the store's index is longer than its clips");
    }
}
