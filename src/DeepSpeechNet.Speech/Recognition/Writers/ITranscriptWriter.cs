namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>
/// Writes the transcripts of one or several files to one output in one format: <see cref="Begin"/> once, <see cref="Write"/>
/// for each file as it finishes, <see cref="End"/> once. Lines end in a single line feed on every system, so that outputs
/// compare. Not safe for several threads at once; the caller owns and flushes the output.
/// </summary>
public interface ITranscriptWriter
{
    /// <summary>Writes what stands before the first transcript.</summary>
    void Begin(TextWriter output);

    /// <summary>Writes one file's transcript.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="path">The file, as the user gave it.</param>
    /// <param name="transcript">Its transcript.</param>
    void Write(TextWriter output, string path, Transcript transcript);

    /// <summary>Writes what stands after the last transcript.</summary>
    void End(TextWriter output);
}
