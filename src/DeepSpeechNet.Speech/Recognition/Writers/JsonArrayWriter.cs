namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>One JSON array of one object a file (see <see cref="TranscriptJson"/>), each on its own line.</summary>
internal sealed class JsonArrayWriter : ITranscriptWriter
{
    private bool _first;

    public void Begin(TextWriter output)
    {
        _first = true;
        output.Write('[');
    }

    public void Write(TextWriter output, string path, Transcript transcript)
    {
        output.Write(_first ? "\n" : ",\n");
        output.Write(TranscriptJson.Serialize(path, transcript));
        _first = false;
    }

    public void End(TextWriter output) => output.Write(_first ? "]\n" : "\n]\n");
}
