using System.IO.Compression;
using System.Text;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Neural;

/// <summary>The lines of text files, plain or packed with gzip (told by their first bytes), one after the other.</summary>
internal static class TextLines
{
    /// <summary>Reads lazily: memory holds one line at a time.</summary>
    /// <exception cref="LanguageTextException">A file is packed in a way that this program does not read, or damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IEnumerable<(string Path, int Number, string Line)> Read(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            using StreamReader reader = new(Open(path), new UTF8Encoding(false));
            for (int number = 1; Next(reader, path) is { } line; number++)
                yield return (path, number, line);
        }
    }

    private static string? Next(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException e)
        {
            throw new LanguageTextException($"{path} is damaged: it begins like a gzip file but cannot be unpacked; copy it again.", e);
        }
    }

    private static Stream Open(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no text file {path}.", path);
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        Span<byte> start = stackalloc byte[6];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (read >= 2 && start[0] == 0x1F && start[1] == 0x8B)
            return new GZipStream(file, CompressionMode.Decompress);
        if (read < 6 || !start.SequenceEqual((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]))
            return file;
        file.Dispose();
        throw new LanguageTextException($"{path} is packed with xz, which this program does not read: unpack it first with 'xz -dk {path}'.");
    }
}
