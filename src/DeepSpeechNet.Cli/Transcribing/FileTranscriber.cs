using DeepSpeechNet.Audio;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>What became of one recording: its transcript, or the sentence that says why there is none.</summary>
internal readonly record struct FileOutcome(Transcript? Transcript, string? Fault, IReadOnlyList<string> Warnings);

/// <summary>Reads and transcribes recordings, many at once; faults of one recording are its outcome and nobody else's.</summary>
internal sealed class FileTranscriber : IDisposable
{
    /// <summary>Recordings under way at most: four full batches of the network to choose those of like length from.</summary>
    public const int AtOnce = 64;

    /// <summary>Samples in memory before reading pauses: 70 minutes at 16 kHz, 256 MiB.</summary>
    private const long HeldSamples = 1L << 26;

    private readonly Recognizer _recognizer;
    private readonly TranscriptionOptions _options;
    private readonly Func<Stream> _openInput;
    private readonly SemaphoreSlim _readers;
    private readonly SampleBudget _budget = new(HeldSamples);

    public FileTranscriber(Recognizer recognizer, TranscriptionOptions options, Func<Stream> openInput, int readers)
    {
        _recognizer = recognizer;
        _options = options;
        _openInput = openInput;
        _readers = new SemaphoreSlim(readers);
    }

    /// <summary>Reads and transcribes one recording.</summary>
    public async Task<FileOutcome> RunAsync(AudioInput input, CancellationToken cancellationToken)
    {
        AudioClip clip;
        try
        {
            clip = await ReadAsync(input, cancellationToken).ConfigureAwait(false);
        }
        catch (AudioFormatException e)
        {
            return Fault(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fault($"{input.Name}: {Why(e)}");
        }

        try
        {
            if (_options.Segmentation == Segmentation.Whole && clip.Duration.TotalSeconds > Recognizer.LongestUtterance)
                return Fault($"{input.Name}: it lasts {clip.Duration.TotalSeconds:F0} s, and one utterance may last {Recognizer.LongestUtterance} s; leave out --segmentation whole to have it cut at pauses.");
            Transcript transcript = await _recognizer.TranscribeAsync(clip.Samples, _options, cancellationToken).ConfigureAwait(false);
            return new FileOutcome(transcript, null, clip.Warnings);
        }
        finally
        {
            _budget.Remove(clip.Samples.Length);
        }
    }

    public void Dispose() => _readers.Dispose();

    private async Task<AudioClip> ReadAsync(AudioInput input, CancellationToken cancellationToken)
    {
        await _budget.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _readers.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int rate = _recognizer.Model.FrontEnd.SampleRate;
            AudioClip clip = await Task.Run(() => input.IsStandardInput ? ReadStandardInput(input, rate) : AudioFile.ReadMono(input.Path, rate), cancellationToken).ConfigureAwait(false);
            _budget.Add(clip.Samples.Length);
            return clip;
        }
        finally
        {
            _readers.Release();
        }
    }

    private AudioClip ReadStandardInput(AudioInput input, int rate)
    {
        using Stream stream = _openInput();
        return AudioFile.ReadMono(stream, input.Name, rate);
    }

    private static FileOutcome Fault(string sentence) => new(null, sentence, []);

    private static string Why(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file.",
        UnauthorizedAccessException => "this user may not read it.",
        _ => $"it cannot be read ({e.Message.TrimEnd('.')}).",
    };
}
