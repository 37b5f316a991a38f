namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>
/// WebVTT subtitles (W3C WebVTT 1): a header, then times and lines with the markup characters escaped. With several files in
/// one output, a comment names each.
/// </summary>
internal sealed class WebVttWriter : ITranscriptWriter
{
    private readonly CueSplitter _splitter;
    private readonly bool _severalFiles;

    public WebVttWriter(TranscriptWriterOptions options)
    {
        _splitter = new CueSplitter(options.Cues);
        _severalFiles = options.SeveralFiles;
    }

    public void Begin(TextWriter output) => output.Write("WEBVTT\n\n");

    public void Write(TextWriter output, string path, Transcript transcript)
    {
        if (_severalFiles) output.Write($"NOTE {Fields.Tidy(path).Replace("-->", "->", StringComparison.Ordinal)}\n\n");
        foreach (Cue cue in _splitter.Split(transcript))
        {
            output.Write($"{Time(cue.Start)} --> {Time(cue.End)}\n");
            foreach (string line in cue.Lines) output.Write($"{Escape(line)}\n");
            output.Write('\n');
        }
    }

    public void End(TextWriter output)
    {
    }

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Time(TimeSpan time) => $"{(long)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}.{time.Milliseconds:000}";
}
