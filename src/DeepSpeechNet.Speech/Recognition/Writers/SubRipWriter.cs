namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>
/// SubRip subtitles: number, times, lines, an empty line. The format has no place for a file's name; several files follow
/// one another with the numbers going on, so give each an output of its own.
/// </summary>
internal sealed class SubRipWriter : ITranscriptWriter
{
    private readonly CueSplitter _splitter;
    private int _number;

    public SubRipWriter(TranscriptWriterOptions options) => _splitter = new CueSplitter(options.Cues);

    public void Begin(TextWriter output) => _number = 0;

    public void Write(TextWriter output, string path, Transcript transcript)
    {
        foreach (Cue cue in _splitter.Split(transcript))
        {
            output.Write($"{++_number}\n{Time(cue.Start)} --> {Time(cue.End)}\n");
            foreach (string line in cue.Lines) output.Write($"{line}\n");
            output.Write('\n');
        }
    }

    public void End(TextWriter output)
    {
    }

    private static string Time(TimeSpan time) => $"{(long)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00},{time.Milliseconds:000}";
}
