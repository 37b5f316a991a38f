using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>Writes a store of samples into a stream that can seek: clips as they come, then the index, then the header.</summary>
internal sealed class SampleStoreWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly int _sampleRate;
    private readonly MemoryStream _index = new();
    private readonly BinaryWriter _records;
    private long _position = SampleStoreFormat.HeaderBytes;

    public SampleStoreWriter(Stream stream, int sampleRate)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Stores of samples need a little-endian machine.");
        _stream = stream;
        _sampleRate = sampleRate;
        _records = new BinaryWriter(_index, Encoding.UTF8);
        stream.Write(new byte[SampleStoreFormat.HeaderBytes]);
    }

    public int Count { get; private set; }

    public void Add(CorpusEntry entry, ReadOnlySpan<float> samples)
    {
        int length = checked(samples.Length * sizeof(short));
        int padding = SampleStoreFormat.Padding(length);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length + padding);
        try
        {
            SampleStoreFormat.Quantise(samples, bytes);
            bytes.AsSpan(length, padding).Clear();
            _stream.Write(bytes.AsSpan(0, length + padding));
            _records.Write(_position);
            _records.Write(samples.Length);
            _records.Write(SampleStoreFormat.Checksum(bytes.AsSpan(0, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
        _records.Write(entry.Path);
        _records.Write(entry.Text);
        _records.Write(entry.Speaker);
        _records.Write(entry.Corpus);
        _records.Write(entry.Licence);
        _position += length + padding;
        Count++;
    }

    /// <summary>Writes index and header.</summary>
    public void Finish()
    {
        _records.Flush();
        ReadOnlySpan<byte> index = _index.GetBuffer().AsSpan(0, (int)_index.Length);
        _stream.Write(index);

        Span<byte> header = stackalloc byte[SampleStoreFormat.HeaderBytes];
        SampleStoreFormat.Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], SampleStoreFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], _sampleRate);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], _position);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], index.Length);
        SHA256.HashData(index)[..SampleStoreFormat.DigestBytes].CopyTo(header[40..]);
        _stream.Position = 0;
        _stream.Write(header);
    }

    public void Dispose()
    {
        _records.Dispose();
        _index.Dispose();
    }
}
