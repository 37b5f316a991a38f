using System.Buffers.Binary;

namespace DeepSpeechNet.Audio.Files;

/// <summary>
/// Writes a WAV file to a stream. Where the stream can seek, disposing fills in the lengths; where it cannot, or beyond 4 GiB, the
/// header says 0xFFFFFFFF, which readers take for "to the end". The stream stays the caller's to close.
/// An instance belongs to one thread at a time.
/// </summary>
public sealed class WavWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly WavSampleFormat _format;
    private readonly int _channels;
    private readonly long _origin;
    private readonly int _headerBytes;
    private readonly byte[] _bytes = new byte[1 << 14];
    private long _dataBytes;
    private bool _disposed;

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Where to write, from its present position on.</param>
    /// <param name="sampleRate">Samples a second in each channel, in hertz.</param>
    /// <param name="channels">The number of channels, at most 8192.</param>
    /// <param name="format">How samples are stored.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public WavWriter(Stream stream, int sampleRate, int channels = 1, WavSampleFormat format = WavSampleFormat.Pcm16)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 8192);
        _stream = stream;
        _channels = channels;
        _format = format;
        _origin = stream.CanSeek ? stream.Position : 0;

        int sampleBytes = SampleBytes;
        int frameBytes = channels * sampleBytes;
        bool isFloat = format == WavSampleFormat.Float32;

        // Other formats than PCM have an extension size in their format chunk, and a fact chunk.
        Span<byte> header = stackalloc byte[58];
        header.Clear();
        _headerBytes = isFloat ? 58 : 44;
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], uint.MaxValue);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], isFloat ? 18 : 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], (short)(isFloat ? 3 : 1));
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)Math.Min(uint.MaxValue, (long)sampleRate * frameBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)frameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], (short)(8 * sampleBytes));
        if (isFloat)
        {
            "fact"u8.CopyTo(header[38..]);
            BinaryPrimitives.WriteInt32LittleEndian(header[42..], 4);
            BinaryPrimitives.WriteUInt32LittleEndian(header[46..], uint.MaxValue);
        }

        "data"u8.CopyTo(header[(_headerBytes - 8)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[(_headerBytes - 4)..], uint.MaxValue);
        stream.Write(header[.._headerBytes]);
    }

    private int SampleBytes => _format == WavSampleFormat.Float32 ? 4 : 2;

    /// <summary>Writes a file that appears whole or not at all: a temporary file beside it is filled, flushed and renamed.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="interleaved">The samples, frame by frame.</param>
    /// <param name="sampleRate">Samples a second in each channel, in hertz.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="format">How samples are stored.</param>
    /// <exception cref="ArgumentException">The samples are not whole frames, or not finite.</exception>
    /// <exception cref="IOException">The file cannot be written; an earlier file of that name is as it was.</exception>
    public static void Save(
        string path, ReadOnlySpan<float> interleaved, int sampleRate, int channels = 1, WavSampleFormat format = WavSampleFormat.Pcm16)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        string temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                using (var writer = new WavWriter(stream, sampleRate, channels, format))
                {
                    writer.Write(interleaved);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes the next samples.</summary>
    /// <param name="interleaved">Whole frames, channel by channel within each.</param>
    /// <exception cref="ArgumentException">Not a whole number of frames, or a sample is NaN or infinite.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public void Write(ReadOnlySpan<float> interleaved)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (interleaved.Length % _channels != 0)
        {
            throw new ArgumentException($"{interleaved.Length} values are not whole frames of {_channels} channels.", nameof(interleaved));
        }

        foreach (float value in interleaved)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException("A sample to be written is NaN or infinite.", nameof(interleaved));
            }
        }

        int sampleBytes = SampleBytes;
        while (interleaved.Length > 0)
        {
            int count = Math.Min(interleaved.Length, _bytes.Length / sampleBytes);
            for (int i = 0; i < count; i++)
            {
                Span<byte> place = _bytes.AsSpan(i * sampleBytes);
                if (_format == WavSampleFormat.Float32)
                {
                    BinaryPrimitives.WriteSingleLittleEndian(place, interleaved[i]);
                }
                else
                {
                    float scaled = Math.Clamp(MathF.Round(interleaved[i] * 32768f), short.MinValue, short.MaxValue);
                    BinaryPrimitives.WriteInt16LittleEndian(place, (short)scaled);
                }
            }

            _stream.Write(_bytes, 0, count * sampleBytes);
            _dataBytes += (long)count * sampleBytes;
            interleaved = interleaved[count..];
        }
    }

    /// <summary>Fills in the lengths where the stream can seek, and leaves the stream at the end of the file, flushed and open.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_stream.CanSeek && _headerBytes - 8 + _dataBytes < uint.MaxValue)
        {
            Patch(4, (uint)(_headerBytes - 8 + _dataBytes));
            Patch(_headerBytes - 4, (uint)_dataBytes);
            if (_format == WavSampleFormat.Float32)
            {
                Patch(46, (uint)(_dataBytes / (_channels * SampleBytes)));
            }

            _stream.Position = _origin + _headerBytes + _dataBytes;
        }

        _stream.Flush();
    }

    private void Patch(int offset, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _stream.Position = _origin + offset;
        _stream.Write(bytes);
    }
}
