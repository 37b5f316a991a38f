namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>One JSON object a line and file (see <see cref="TranscriptJson"/>), flushed as it finishes.</summary>
internal sealed class JsonLinesWriter : ITranscriptWriter
{
    public void Begin(TextWriter output)
    {
    }

    public void Write(TextWriter output, string path, Transcript transcript)
    {
        output.Write(TranscriptJson.Serialize(path, transcript));
        output.Write('\n');
        output.Flush();
    }

    public void End(TextWriter output)
    {
    }
}
