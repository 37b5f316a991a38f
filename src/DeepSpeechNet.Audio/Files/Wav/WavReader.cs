using System.Buffers;
using System.Buffers.Binary;

namespace DeepSpeechNet.Audio.Files.Wav;

/// <summary>
/// Reads RIFF/WAVE (Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0, 1991), its extensible formats,
/// and RF64/BW64 (EBU Tech 3306, ITU-R BS.2088), forwards only.
/// </summary>
internal sealed class WavReader : AudioReader
{
    private readonly ByteSource _source;
    private readonly WavFormat _format;
    private readonly byte[] _bytes;

    // Bytes of samples still to come, or null where only the end of the stream tells.
    private long? _left;

    /// <summary>Reads the header. The source stands at "RIFF" and is this reader's to dispose of afterwards.</summary>
    public WavReader(ByteSource source, AudioReadOptions options)
        : base(source.Name, options)
    {
        _source = source;
        (_format, _left) = ReadHeader();
        SampleRate = _format.SampleRate;
        Channels = _format.Channels;
        FrameCount = _left / _format.FrameBytes;
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1 << 15, _format.FrameBytes));
    }

    protected override void Close()
    {
        _source.Dispose();
        ArrayPool<byte>.Shared.Return(_bytes);
    }

    protected override int ReadFrames(Span<float> interleaved)
    {
        int frameBytes = _format.FrameBytes;
        int wanted = Math.Min(interleaved.Length / Channels, _bytes.Length / frameBytes) * frameBytes;
        int count = (int)Math.Min(wanted, _left ?? wanted);
        int got = _source.Read(_bytes.AsSpan(0, count));
        if (_left is { } left)
        {
            _left = left - got;
            if (got < count)
            {
                long there = FramesRead + (got / frameBytes);
                Warn($"It is cut short: the header announces {FrameCount} samples a channel and {there} are there.");
                _left = 0;
            }
        }

        // A frame cut in the middle is dropped.
        int frames = got / frameBytes;
        Span<float> samples = interleaved[..(frames * Channels)];
        SampleDecoding.Decode(_format.Encoding, _bytes, samples);
        if (_format.Encoding is SampleEncoding.Float32 or SampleEncoding.Float64)
        {
            RequireFinite(samples);
        }

        return frames;
    }

    private (WavFormat Format, long? DataBytes) ReadHeader()
    {
        Span<byte> header = stackalloc byte[12];
        if (_source.Read(header) < header.Length)
        {
            throw Fault("it ends inside its header; the file is cut short.");
        }

        bool large = header[..4].SequenceEqual("RF64"u8) || header[..4].SequenceEqual("BW64"u8);
        long? largeDataBytes = null;
        WavFormat? format = null;
        Span<byte> content = stackalloc byte[WavFormat.LongestChunk];
        while (true)
        {
            Span<byte> chunk = header[..8];
            if (_source.Read(chunk) < chunk.Length)
            {
                throw Fault("it ends before any samples; the file is cut short.");
            }

            uint size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("data"u8))
            {
                WavFormat known = format ?? throw Fault("its samples come before any format chunk.");
                return (known, DataBytes(size, large, largeDataBytes));
            }

            int kept = 0;
            if (chunk[..4].SequenceEqual("fmt "u8))
            {
                kept = _source.Read(content[..(int)Math.Min(size, content.Length)]);
                format = WavFormat.Parse(content[..kept], Name);
            }
            else if (large && chunk[..4].SequenceEqual("ds64"u8))
            {
                kept = _source.Read(content[..(int)Math.Min(size, 16)]);
                if (kept < 16)
                {
                    throw Fault($"its ds64 chunk has {kept} bytes where at least 16 are needed.");
                }

                largeDataBytes = BinaryPrimitives.ReadInt64LittleEndian(content[8..]);
            }

            // Chunks are padded to even sizes.
            _source.Skip(size + (size & 1L) - kept);
        }
    }

    /// <summary>
    /// How many bytes of samples the header announces, null where it cannot know: programs that write to a pipe leave 0 (many),
    /// 0xFFFFFFFF (ffmpeg) or just under 2 GiB (sox, arecord).
    /// </summary>
    private long? DataBytes(uint size, bool large, long? largeDataBytes)
    {
        if (large && size == uint.MaxValue)
        {
            return largeDataBytes > 0 ? largeDataBytes : null;
        }

        bool placeholder = size is >= 0xFFFFF000 or (>= 0x7FFF0000 and <= 0x80000000);
        return placeholder || (size == 0 && !AtChunk()) ? null : size;
    }

    /// <summary>Whether the next bytes are the header of another chunk: then an announced length of 0 is meant.</summary>
    private bool AtChunk()
    {
        ReadOnlySpan<byte> next = _source.Peek(4);
        foreach (byte b in next)
        {
            if (b is < 0x20 or > 0x7E)
            {
                return false;
            }
        }

        return true;
    }
}
