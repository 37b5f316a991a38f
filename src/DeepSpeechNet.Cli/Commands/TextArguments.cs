using System.IO.Compression;
using System.Text;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>Opens text that a command line names.</summary>
internal static class TextArguments
{
    /// <summary>The standard input's name on a command line.</summary>
    public const string StandardInput = "-";

    /// <summary>Opens a text file in UTF-8, unpacked where its name ends in <c>.gz</c>; <c>-</c> is the standard input.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static StreamReader Open(string path, CommandConsole console)
    {
        if (path == StandardInput)
            return new StreamReader(console.OpenInput(), Encoding.UTF8);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        Stream file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return new StreamReader(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file, Encoding.UTF8);
    }
}
