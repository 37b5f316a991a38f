using System.Buffers;

namespace DeepSpeechNet.Audio.Files;

/// <summary>
/// Forward reading of a stream that may be a pipe: buffered, with a look at the bytes to come, and no seeking.
/// </summary>
internal sealed class ByteSource : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly Stream _stream;
    private readonly bool _ownsStream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;
    private bool _ended;

    public ByteSource(Stream stream, string name, bool ownsStream = false)
    {
        _stream = stream;
        _ownsStream = ownsStream;
        Name = name;
    }

    /// <summary>The name for messages.</summary>
    public string Name { get; }

    /// <summary>What is read from.</summary>
    public Stream Stream => _stream;

    /// <summary>Bytes taken so far.</summary>
    public long Position { get; private set; }

    /// <summary>The next bytes without taking them: <paramref name="count"/> of them, or fewer at the end of the stream.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, BufferSize);
        if (_start + count > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        while (_end - _start < count && !_ended)
        {
            Fill();
        }

        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>Fills <paramref name="destination"/>; returns fewer bytes only at the end of the stream.</summary>
    public int Read(Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            if (_start == _end)
            {
                if (_ended)
                {
                    break;
                }

                _start = _end = 0;
                if (destination.Length - done >= BufferSize)
                {
                    int direct = _stream.Read(destination[done..]);
                    _ended = direct == 0;
                    done += direct;
                }
                else
                {
                    Fill();
                }

                continue;
            }

            int count = Math.Min(destination.Length - done, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(destination[done..]);
            _start += count;
            done += count;
        }

        Position += done;
        return done;
    }

    /// <summary>Takes what is there, at least one byte, waiting only where nothing is; 0 at the end of the stream.</summary>
    public int ReadSome(Span<byte> destination)
    {
        if (_start == _end && !_ended)
        {
            _start = _end = 0;
            Fill();
        }

        int count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        Position += count;
        return count;
    }

    /// <summary>Takes and drops bytes; returns how many there were, fewer than asked only at the end of the stream.</summary>
    public long Skip(long count)
    {
        long done = 0;
        while (done < count)
        {
            if (_start == _end)
            {
                if (_ended)
                {
                    break;
                }

                _start = _end = 0;
                Fill();
                continue;
            }

            int step = (int)Math.Min(count - done, _end - _start);
            _start += step;
            done += step;
        }

        Position += done;
        return done;
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        _ended = true;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (_ownsStream)
        {
            _stream.Dispose();
        }
    }

    private void Fill()
    {
        int count = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _ended = count == 0;
        _end += count;
    }
}
