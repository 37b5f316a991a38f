using System.IO.Compression;
using System.Text;
using DeepSpeechNet.Language.Pronunciation;

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

    /// <summary>Reads pronouncing dictionaries, the first of which to have a word counts.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A file is no pronouncing dictionary, or all are empty.</exception>
    public static Pronunciations Pronunciations(IReadOnlyList<string> paths, CommandConsole console)
    {
        Pronunciations dictionary = new();
        foreach (string path in paths)
        {
            using StreamReader reader = Open(path, console);
            dictionary.Add(reader, path);
        }

        return dictionary.Words.Count > 0
            ? dictionary
            : throw new InvalidDataException($"{string.Join(", ", paths)}: no pronunciations; a line is a word and its phones with spaces between.");
    }
}
