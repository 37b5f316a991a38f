using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>The three forms of a manifest, row by row.</summary>
internal sealed class ManifestRows
{
    private const int LongestLine = 1 << 20;
    private readonly TextReader _reader;
    private readonly string _name;
    private readonly string _folder;
    private int _line;

    private ManifestRows(TextReader reader, string name, string folder)
    {
        _reader = reader;
        _name = name;
        _folder = folder;
    }

    public static UTF8Encoding StrictUtf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IEnumerable<ManifestEntry> Read(TextReader reader, string name, string folder)
    {
        var rows = new ManifestRows(reader, name, folder);
        string first = rows.NextLine() ?? throw new CorpusException(name, 0, "the manifest is empty; it needs a header line with 'path' and 'text'");
        return first switch
        {
            _ when first.TrimStart().StartsWith('{') => rows.JsonLines(first),
            _ when first.Contains('\t') => rows.TabSeparated(first),
            _ when first.Contains(',') => rows.CommaSeparated(first),
            _ => throw rows.Fault("this is no manifest: the first line must name the columns 'path' and 'text' (tab-separated) or " +
                "'wav_filename,wav_filesize,transcript', or be a JSON object with 'audio_filepath' and 'text'"),
        };
    }

    private CorpusException Fault(string problem, Exception? inner = null) => new(_name, _line, problem, inner);

    /// <summary>The next line that is not empty, or null at the end.</summary>
    private string? NextLine()
    {
        while (ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line)) return line;
        }
        return null;
    }

    private string? ReadLine()
    {
        _line++;
        try
        {
            string? line = _reader.ReadLine();
            return line is { Length: > LongestLine } ? throw Fault("the line is longer than a million characters; this is no manifest") : line;
        }
        catch (DecoderFallbackException e)
        {
            throw Fault("here or a little further on the text is not UTF-8; save the manifest as UTF-8", e);
        }
    }

    private IEnumerable<ManifestEntry> TabSeparated(string header)
    {
        var columns = new Columns(this, header.Split('\t'), "path", "text");
        while (NextLine() is { } line) yield return columns.Entry(line.Split('\t'));
    }

    private IEnumerable<ManifestEntry> CommaSeparated(string header)
    {
        var fields = new List<string>();
        ReadQuoted(header, fields);
        var columns = new Columns(this, [.. fields], "wav_filename", "transcript");
        while (NextLine() is { } line)
        {
            int start = _line;
            ReadQuoted(line, fields);
            yield return columns.Entry([.. fields]) with { Line = start };
        }
    }

    /// <summary>RFC 4180: a field in quotes may hold commas, line ends and doubled quotes.</summary>
    private void ReadQuoted(string line, List<string> fields)
    {
        fields.Clear();
        var field = new StringBuilder();
        int start = _line;
        for (int at = 0; ; at++)
        {
            field.Clear();
            if (at < line.Length && line[at] == '"')
            {
                for (at++; ; at++)
                {
                    if (at >= line.Length)
                    {
                        field.Append('\n');
                        if (field.Length > LongestLine) throw new CorpusException(_name, start, "a quoted field is longer than a million characters");
                        line = ReadLine() ?? throw new CorpusException(_name, start, "a quoted field has no closing quote");
                        at = -1;
                    }
                    else if (line[at] != '"') field.Append(line[at]);
                    else if (at + 1 < line.Length && line[at + 1] == '"') field.Append(line[at++]);
                    else break;
                }
                if (++at < line.Length && line[at] != ',') throw Fault("a comma must follow the closing quote of a field");
            }
            else
            {
                for (; at < line.Length && line[at] != ','; at++) field.Append(line[at]);
            }
            fields.Add(field.ToString());
            if (at >= line.Length) return;
        }
    }

    private IEnumerable<ManifestEntry> JsonLines(string first)
    {
        for (string? line = first; line is not null; line = NextLine()) yield return JsonEntry(line);
    }

    private ManifestEntry JsonEntry(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement row = document.RootElement;
            if (row.ValueKind != JsonValueKind.Object) throw Fault("the row is not a JSON object");
            string Text(string key, bool needed)
            {
                if (!row.TryGetProperty(key, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
                    return needed ? throw Fault($"'{key}' is missing") : "";
                if (needed && value.ValueKind != JsonValueKind.String) throw Fault($"'{key}' is not a string");
                return value.ToString();
            }

            double? duration = null;
            if (row.TryGetProperty("duration", out JsonElement given) && given.ValueKind != JsonValueKind.Null)
            {
                bool isNumber = given.ValueKind == JsonValueKind.Number;
                if (!isNumber || !given.TryGetDouble(out double seconds) || !double.IsFinite(seconds) || seconds < 0)
                    throw Fault("'duration' is not a number of seconds");
                duration = seconds;
            }
            string licence = Text("licence", needed: false);
            return Entry(Text("audio_filepath", needed: true), Text("text", needed: true)) with
            {
                Duration = duration,
                Speaker = Text("speaker", needed: false),
                Corpus = Text("corpus", needed: false),
                Licence = licence.Length > 0 ? licence : Text("license", needed: false),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Fault("the row is not valid JSON", e);
        }
    }

    private ManifestEntry Entry(string path, string text)
    {
        path = path.Trim();
        if (path.Length == 0) throw Fault("the path is empty");
        if (path.Contains('\0')) throw Fault("the path holds a zero character");
        return new ManifestEntry(path, Path.GetFullPath(path, _folder), text.Trim()) { Line = _line };
    }

    /// <summary>Where the fields stand in a row, from the header.</summary>
    private sealed class Columns
    {
        private readonly ManifestRows _rows;
        private readonly int _count, _path, _text, _duration, _speaker, _corpus, _licence;

        public Columns(ManifestRows rows, string[] names, string path, string text)
        {
            _rows = rows;
            _count = names.Length;
            var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < names.Length; i++)
            {
                if (!places.TryAdd(names[i].Trim(), i)) throw rows.Fault($"the header names the column '{names[i].Trim()}' twice");
            }
            _path = Needed(path);
            _text = Needed(text);
            _duration = places.GetValueOrDefault("duration_s", -1);
            _speaker = places.GetValueOrDefault("speaker", -1);
            _corpus = places.GetValueOrDefault("corpus", -1);
            _licence = places.GetValueOrDefault("licence", -1);

            int Needed(string name) => places.TryGetValue(name, out int place)
                ? place
                : throw rows.Fault($"the header lacks the column '{name}'; it has {string.Join(", ", places.Keys.Select(k => $"'{k}'"))}");
        }

        public ManifestEntry Entry(string[] fields)
        {
            if (fields.Length != _count)
                throw _rows.Fault($"the row has {fields.Length} columns and the header {_count}; a missing or extra separator");
            double? duration = null;
            string given = Field(_duration);
            if (given.Length > 0)
            {
                if (!double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
                    || !double.IsFinite(seconds) || seconds < 0)
                    throw _rows.Fault($"duration_s is '{given}', not a number of seconds");
                duration = seconds;
            }
            return _rows.Entry(fields[_path], fields[_text]) with
            {
                Duration = duration,
                Speaker = Field(_speaker),
                Corpus = Field(_corpus),
                Licence = Field(_licence),
            };

            string Field(int place) => place < 0 ? "" : fields[place].Trim();
        }
    }
}
