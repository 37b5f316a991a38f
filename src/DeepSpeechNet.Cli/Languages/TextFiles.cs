using System.IO.Compression;
using System.Text;

namespace DeepSpeechNet.Cli.Languages;

/// <summary>
/// The lines of text files one after the other, those packed by gzip unpacked, <c>-</c> for the standard input; and how far the reading is.
/// Files are opened when their turn comes; all must exist at the beginning.
/// </summary>
internal sealed class TextFiles
{
    private readonly IReadOnlyList<string> _paths;
    private readonly CommandConsole _console;
    private readonly long _total;
    private long _before;
    private Stream? _current;

    /// <exception cref="UsageException">A file does not exist.</exception>
    public TextFiles(IReadOnlyList<string> paths, CommandConsole console)
    {
        _paths = paths;
        _console = console;
        foreach (string path in paths)
        {
            if (path == "-")
            {
                _total = long.MaxValue / 2;
                continue;
            }

            FileInfo file = new(path);
            if (!file.Exists) throw new UsageException(Directory.Exists(path) ? $"'{path}' is a folder; name the text files in it." : $"There is no text file '{path}'.");
            _total = Math.Min(_total + file.Length, long.MaxValue / 2);
        }
    }

    /// <summary>Part of the bytes that has been read, 0 to 1; 0 where the standard input is among them.</summary>
    public double Fraction => _total is 0 or long.MaxValue / 2 ? 0 : (_before + (_current is { CanSeek: true } file ? file.Position : 0)) / (double)_total;

    /// <summary>The lines in order. They can be read again from the start, but for the standard input.</summary>
    public IEnumerable<string> Lines()
    {
        _before = 0;
        foreach (string path in _paths)
        {
            using Stream stream = path == "-" ? _console.OpenInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            _current = stream;
            using StreamReader reader = new(IsPacked(stream) ? new GZipStream(stream, CompressionMode.Decompress) : stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
            while (ReadLine(reader, path) is { } line) yield return line;
            _before += stream.CanSeek ? stream.Length : 0;
            _current = null;
        }
    }

    private static bool IsPacked(Stream stream)
    {
        if (!stream.CanSeek) return false;
        Span<byte> head = stackalloc byte[2];
        int read = stream.ReadAtLeast(head, 2, throwOnEndOfStream: false);
        stream.Position = 0;
        return read == 2 && head is [0x1F, 0x8B];
    }

    private static string? ReadLine(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"{path}: the gzip file is damaged: copy it again.", e);
        }
    }
}
