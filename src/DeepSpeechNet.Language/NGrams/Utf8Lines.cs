using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>The lines of a stream as UTF-8 bytes without their ends, in one buffer that is used again and again.</summary>
internal sealed class Utf8Lines
{
    private const int FirstBuffer = 1 << 16, LongestLine = 1 << 24;
    private readonly Stream _stream;
    private readonly string _name;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;

    public Utf8Lines(Stream stream, string name)
    {
        _stream = stream;
        _name = name;
    }

    /// <summary>Number of the line read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Bytes of the stream that have been read.</summary>
    public long Position { get; private set; }

    /// <summary>The next line, valid until the one after it is read; false at the end.</summary>
    /// <exception cref="ModelFormatException">The line has more than 16 MiB.</exception>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        int searched = _start;
        while (true)
        {
            int found = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = _buffer.AsSpan(_start, searched + found - _start);
                _start = searched + found + 1;
                break;
            }

            searched = _end - _start;
            if (!Fill())
            {
                line = _buffer.AsSpan(_start, _end - _start);
                _start = _end;
                if (line.IsEmpty) return false;
                break;
            }
        }

        Line++;
        if (line.EndsWith("\r"u8)) line = line[..^1];
        return true;
    }

    /// <summary>Moves what is unread to the buffer's beginning and reads on behind it.</summary>
    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            if (_end >= LongestLine) throw new ModelFormatException(_name, $"line {Line + 1}", "has more than 16 MiB: this is no text of sentences or n-grams, a line each");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        Position += read;
        return read > 0;
    }
}
