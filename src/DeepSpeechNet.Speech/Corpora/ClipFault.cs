using DeepSpeechNet.Audio;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>What is wrong with one recording of a manifest: a reason to skip it, not to stop.</summary>
internal static class ClipFault
{
    public static bool Is(Exception e) => e is AudioFormatException or IOException or UnauthorizedAccessException;

    public static string Missing(string manifest, ManifestEntry entry) =>
        $"{manifest}, line {entry.Line}: there is no file '{entry.FullPath}'; the row is skipped.";

    public static string Unreadable(string manifest, ManifestEntry entry, Exception e) =>
        $"{manifest}, line {entry.Line}: '{entry.Path}' cannot be decoded ({e.Message.TrimEnd('.')}); the row is skipped.";

    public static string Empty(string manifest, ManifestEntry entry) =>
        $"{manifest}, line {entry.Line}: '{entry.Path}' holds no sound; the row is skipped.";

    /// <summary>The rows that a filter accepts and whose files are there; for each other accepted row one sentence to
    /// <paramref name="warn"/>.</summary>
    public static List<ManifestEntry> ExistingRows(string manifest, CorpusFilter filter, Action<string>? warn)
    {
        filter.Validate();
        var rows = new List<ManifestEntry>();
        foreach (ManifestEntry entry in Manifest.Read(manifest))
        {
            if (!filter.Accepts(entry.Corpus, entry.Speaker, entry.Duration)) continue;
            if (File.Exists(entry.FullPath)) rows.Add(entry);
            else warn?.Invoke(Missing(manifest, entry));
        }
        return rows;
    }
}
