namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>
/// A table with a header. One row a file, <c>path duration_s text</c>, which is a manifest that training and evaluation
/// read; with words asked for, one row a word: <c>path start end word confidence</c>, times in seconds.
/// </summary>
internal sealed class TsvWriter(TranscriptWriterOptions options) : ITranscriptWriter
{
    public void Begin(TextWriter output) =>
        output.Write(options.Words ? "path\tstart\tend\tword\tconfidence\n" : "path\tduration_s\ttext\n");

    public void Write(TextWriter output, string path, Transcript transcript)
    {
        string name = Fields.Tidy(path);
        if (!options.Words)
        {
            output.Write($"{name}\t{Fields.Text(Fields.Seconds(transcript.Duration))}\t{Fields.Tidy(transcript.Text)}\n");
            return;
        }

        foreach (TranscriptWord word in transcript.Words)
        {
            output.Write($"{name}\t{Fields.Text(Fields.Seconds(word.Start))}\t{Fields.Text(Fields.Seconds(word.End))}\t{Fields.Tidy(word.Text)}\t"
                + $"{Fields.Text(Fields.Probability(word.Confidence))}\n");
        }
    }

    public void End(TextWriter output)
    {
    }
}
