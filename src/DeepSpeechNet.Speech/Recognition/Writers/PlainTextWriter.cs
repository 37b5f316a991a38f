using System.Globalization;

namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>
/// The words alone, one line a file; for several files <c>path TAB text</c>. With words asked for, a line for each follows:
/// start and end in seconds, confidence, word.
/// </summary>
internal sealed class PlainTextWriter(TranscriptWriterOptions options) : ITranscriptWriter
{
    public void Begin(TextWriter output)
    {
    }

    public void Write(TextWriter output, string path, Transcript transcript)
    {
        if (options.SeveralFiles) output.Write($"{Fields.Tidy(path)}\t");
        output.Write($"{transcript.Text}\n");
        if (!options.Words) return;
        foreach (TranscriptWord word in transcript.Words)
        {
            output.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"  {word.Start.TotalSeconds,8:F2} {word.End.TotalSeconds,8:F2} {word.Confidence,5:F2}  {word.Text}\n"));
        }
    }

    public void End(TextWriter output)
    {
    }
}
