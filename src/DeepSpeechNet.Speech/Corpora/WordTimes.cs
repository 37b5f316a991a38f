using System.Globalization;
using System.Text;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// Where the words of recordings end, as <c>dsn corpus align</c> writes it: a tab-separated file with the columns <c>path</c>, <c>text</c> and <c>ends</c>, the
/// last one seconds from the start of the recording, one a word, divided by spaces. Safe for several threads at once.
/// </summary>
public sealed class WordTimes
{
    /// <summary>The first line of a file.</summary>
    public const string Header = "path\ttext\tends";

    private readonly Dictionary<(string Path, string Text), double[]> _ends = [];

    /// <summary>How many recordings are known.</summary>
    public int Count => _ends.Count;

    /// <summary>Reads files.</summary>
    /// <param name="paths">The files.</param>
    /// <exception cref="CorpusException">A file is missing, or a line of it is wrong.</exception>
    public static WordTimes Load(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        WordTimes times = new();
        foreach (string path in paths)
        {
            try
            {
                using StreamReader reader = new(path, ManifestRows.StrictUtf8);
                times.Read(reader, path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CorpusException(path, 0, "the word times cannot be read; 'dsn corpus align' writes such a file", e);
            }
            catch (DecoderFallbackException e)
            {
                throw new CorpusException(path, 0, "this is no text in UTF-8; 'dsn corpus align' writes such a file", e);
            }
        }

        return times;
    }

    /// <summary>A line of a file, without the line end.</summary>
    /// <param name="entry">The recording.</param>
    /// <param name="ends">Seconds from its start to the end of each word.</param>
    public static string Row(CorpusEntry entry, IEnumerable<double> ends)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return $"{entry.Path}\t{entry.Text}\t{string.Join(' ', ends.Select(e => e.ToString("F3", CultureInfo.InvariantCulture)))}";
    }

    /// <summary>The ends of a recording's words in seconds, in their order; none where they are not known.</summary>
    /// <param name="entry">The recording.</param>
    public ReadOnlySpan<double> Ends(CorpusEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return _ends.GetValueOrDefault((entry.Path, entry.Text));
    }

    private void Read(TextReader reader, string name)
    {
        if (reader.ReadLine() != Header)
            throw new CorpusException(name, 1, $"the header must be '{Header.Replace("\t", "<TAB>", StringComparison.Ordinal)}'; 'dsn corpus align' writes such a file");
        for (int line = 2; reader.ReadLine() is { } row; line++)
        {
            if (row.Split('\t') is not [string path, string text, string ends])
                throw new CorpusException(name, line, "the row must have three columns divided by tabs");
            string[] parts = ends.Split(' ', StringSplitOptions.RemoveEmptyEntries), words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != words.Length)
                throw new CorpusException(name, line, $"there are {parts.Length} times for {words.Length} words");
            double[] values = new double[parts.Length];
            double last = 0;
            for (int i = 0; i < parts.Length; i++)
            {
                if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) || !(values[i] >= last && values[i] < 1e6))
                    throw new CorpusException(name, line, $"'{parts[i]}' is no time in seconds, or is before the one before it");
                last = values[i];
            }

            _ends[(path, text)] = values;
        }
    }
}
