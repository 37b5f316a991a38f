namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>The names, file extensions and writers of the formats.</summary>
public static class TranscriptFormats
{
    private static readonly (string Name, TranscriptFormat Format, string Extension)[] Table =
    [
        ("text", TranscriptFormat.Text, ".txt"),
        ("json", TranscriptFormat.Json, ".json"),
        ("jsonl", TranscriptFormat.JsonLines, ".jsonl"),
        ("srt", TranscriptFormat.SubRip, ".srt"),
        ("vtt", TranscriptFormat.WebVtt, ".vtt"),
        ("tsv", TranscriptFormat.Tsv, ".tsv"),
    ];

    /// <summary>The names as the command line takes them, in the order of its help.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(row => row.Name)];

    /// <summary>Finds a format by its name.</summary>
    public static bool TryParse(string name, out TranscriptFormat format)
    {
        foreach ((string known, TranscriptFormat value, _) in Table)
        {
            if (!string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) continue;
            format = value;
            return true;
        }

        format = default;
        return false;
    }

    /// <summary>The extension of a file in the format, with its dot.</summary>
    public static string Extension(TranscriptFormat format) => Table[(int)format].Extension;

    /// <summary>Creates a writer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The format is none of the known, or an option is out of its range.</exception>
    public static ITranscriptWriter CreateWriter(TranscriptFormat format, TranscriptWriterOptions? options = null)
    {
        options ??= new TranscriptWriterOptions();
        return format switch
        {
            TranscriptFormat.Text => new PlainTextWriter(options),
            TranscriptFormat.Json => new JsonArrayWriter(),
            TranscriptFormat.JsonLines => new JsonLinesWriter(),
            TranscriptFormat.SubRip => new SubRipWriter(options),
            TranscriptFormat.WebVtt => new WebVttWriter(options),
            TranscriptFormat.Tsv => new TsvWriter(options),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such transcript format."),
        };
    }
}
