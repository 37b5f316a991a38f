using System.Text;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Recognition.Writers;

namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>Saves transcripts in an output folder, one file a recording, each atomically.</summary>
internal sealed class TranscriptFiles
{
    private readonly string[] _names;
    private readonly TranscriptFormat _format;
    private readonly TranscriptWriterOptions _options;

    public TranscriptFiles(IReadOnlyList<AudioInput> inputs, string folder, TranscriptFormat format, TranscriptWriterOptions options)
    {
        _names = OutputNames.Choose(inputs, folder, TranscriptFormats.Extension(format));
        _format = format;
        _options = options;
    }

    /// <summary>Saves the transcript of a recording, given by its number among the inputs.</summary>
    /// <exception cref="IOException">The file or its folder could not be made.</exception>
    public void Save(int index, AudioInput input, Transcript transcript)
    {
        string file = _names[index];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.Write(file, stream =>
        {
            using StreamWriter output = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            ITranscriptWriter writer = TranscriptFormats.CreateWriter(_format, _options);
            writer.Begin(output);
            writer.Write(output, input.Path, transcript);
            writer.End(output);
        });
    }
}
