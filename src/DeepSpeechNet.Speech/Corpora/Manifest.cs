using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// Reads lists of recordings with their texts, row by row, in three forms that are told apart by the first line: tab-separated
/// values with a header (<c>path</c> and <c>text</c>, and if wanted <c>duration_s</c>, <c>speaker</c>, <c>corpus</c>,
/// <c>licence</c>), Mozilla's CSV (<c>wav_filename,wav_filesize,transcript</c>), and JSON lines (<c>audio_filepath</c>,
/// <c>duration</c>, <c>text</c>). Text is UTF-8; lines end in LF or CR LF; empty lines are skipped.
/// </summary>
public static class Manifest
{
    /// <summary>Reads a manifest row by row. Whether the recordings exist is not checked.</summary>
    /// <param name="path">The manifest.</param>
    /// <exception cref="CorpusException">The file is missing or no manifest, or a row is wrong; thrown while enumerating.</exception>
    public static IEnumerable<ManifestEntry> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        StreamReader reader;
        try
        {
            reader = new StreamReader(path, ManifestRows.StrictUtf8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException(path, 0, e is FileNotFoundException or DirectoryNotFoundException
                ? "there is no such manifest" : $"cannot be read ({e.Message.TrimEnd('.')})", e);
        }
        using (reader)
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            foreach (ManifestEntry entry in Read(reader, path, folder)) yield return entry;
        }
    }

    /// <summary>Reads a manifest row by row from any reader.</summary>
    /// <param name="reader">Where the rows come from.</param>
    /// <param name="name">Name for messages.</param>
    /// <param name="folder">Folder that relative paths are relative to.</param>
    /// <exception cref="CorpusException">This is no manifest, or a row is wrong; thrown while enumerating.</exception>
    public static IEnumerable<ManifestEntry> Read(TextReader reader, string name, string folder)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return ManifestRows.Read(reader, name, folder);
    }

    /// <summary>Writes a manifest as tab-separated values, atomically. Recordings under the manifest's folder get relative
    /// paths, all others full ones. Tabs and line ends inside a text become spaces.</summary>
    /// <param name="path">The manifest to write or to replace.</param>
    /// <param name="entries">Its rows.</param>
    /// <exception cref="CorpusException">The path of a recording holds a tab or a line end.</exception>
    /// <exception cref="FileSaveException">The file could not be saved; the old one is unchanged.</exception>
    public static void Write(string path, IEnumerable<ManifestEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, ManifestRows.StrictUtf8, bufferSize: -1, leaveOpen: true) { NewLine = "\n" };
            writer.WriteLine("path\tduration_s\tspeaker\tcorpus\tlicence\ttext");
            foreach (ManifestEntry entry in entries)
            {
                string recording = Shorten(folder, entry.FullPath);
                if (recording.AsSpan().IndexOfAny('\t', '\n', '\r') >= 0)
                    throw new CorpusException(path, 0, $"the path '{recording}' holds a tab or a line end and cannot be written; rename the file");
                writer.Write(recording);
                writer.Write('\t');
                if (entry.Duration is double seconds) writer.Write(seconds.ToString("0.000"));
                writer.WriteLine($"\t{Clean(entry.Speaker)}\t{Clean(entry.Corpus)}\t{Clean(entry.Licence)}\t{Clean(entry.Text)}");
            }
        });
    }

    private static string Shorten(string folder, string full)
    {
        string relative = Path.GetRelativePath(folder, full);
        bool outside = relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || relative.StartsWith("..\\", StringComparison.Ordinal);
        return outside || Path.IsPathRooted(relative) ? full : relative.Replace('\\', '/');
    }

    private static string Clean(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');
}
