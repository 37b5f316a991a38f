using System.Text;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Recognition.Writers;

namespace DeepSpeechNet.Cli.Listening;

/// <summary>
/// What <c>--save NAME</c> keeps: the sound in NAME.wav, written as it comes so that little is lost if the power fails, and at the end the text in NAME.txt, NAME.srt and
/// NAME.json.
/// </summary>
internal sealed class SavedListening : IDisposable
{
    private static readonly TranscriptFormat[] Formats = [TranscriptFormat.Text, TranscriptFormat.SubRip, TranscriptFormat.Json];

    private readonly string _name;
    private readonly FileStream _file;
    private readonly WavWriter _sound;
    private readonly int _rate;
    private readonly List<(TimeSpan, Transcript)> _utterances = [];
    private long _samples;

    /// <summary>Starts the sound file; one of that name is replaced.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public SavedListening(string name, int sampleRate)
    {
        _name = name;
        _rate = sampleRate;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(name))!);
        _file = new FileStream($"{name}.wav", FileMode.Create, FileAccess.Write, FileShare.Read);
        _sound = new WavWriter(_file, sampleRate);
    }

    /// <summary>Keeps sound.</summary>
    public void Add(ReadOnlySpan<float> samples)
    {
        _sound.Write(samples);
        _samples += samples.Length;
    }

    /// <summary>Keeps the text of an utterance.</summary>
    public void Add(TranscriptUpdate final) => _utterances.Add((TimeSpan.Zero, new Transcript(final.Text, final.End, final.Words, [])));

    /// <summary>Finishes the sound file and writes the text.</summary>
    /// <exception cref="IOException">Something cannot be written.</exception>
    public void Finish()
    {
        _sound.Dispose();
        Transcript all = Transcript.Join(_utterances, TimeSpan.FromSeconds(_samples / (double)_rate));
        foreach (TranscriptFormat format in Formats)
        {
            AtomicFile.Write(_name + TranscriptFormats.Extension(format), stream =>
            {
                using StreamWriter output = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
                ITranscriptWriter writer = TranscriptFormats.CreateWriter(format);
                writer.Begin(output);
                writer.Write(output, $"{Path.GetFileName(_name)}.wav", all);
                writer.End(output);
            });
        }
    }

    public void Dispose()
    {
        _sound.Dispose();
        _file.Dispose();
    }
}
