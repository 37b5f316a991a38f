using DeepSpeechNet.Audio;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>What became of one recording: its transcript, or the sentence that says why there is none.</summary>
internal sealed record FileOutcome(Transcript? Transcript, string? Fault, IReadOnlyList<string> Warnings);

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

    /// <summary>Reads a recording to its end.</summary>
    /// <returns>Its samples, or the sentence that says why there are none.</returns>
    public static (AudioClip? Clip, string? Fault) Read(AudioInput input, int rate, Func<Stream> openInput)
    {
        try
        {
            if (!input.IsStandardInput)
                return (AudioFile.ReadMono(input.Path, rate, OptionalAudio.Reading), null);
            using Stream stream = openInput();
            return (AudioFile.ReadMono(stream, input.Name, rate, OptionalAudio.Reading), null);
        }
        catch (AudioFormatException e)
        {
            return (null, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{input.Name}: {Why(e)}");
        }
    }

    /// <summary>Reads and transcribes one recording.</summary>
    public async Task<FileOutcome> RunAsync(AudioInput input, CancellationToken cancellationToken)
    {
        await _budget.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _readers.WaitAsync(cancellationToken).ConfigureAwait(false);
        AudioClip? clip;
        string? fault;
        try
        {
            (clip, fault) = await Task.Run(() => Read(input, _recognizer.Model.FrontEnd.SampleRate, _openInput), cancellationToken).ConfigureAwait(false);
            _budget.Add(clip?.Samples.Length ?? 0);
        }
        finally
        {
            _readers.Release();
        }

        if (clip is null)
            return new FileOutcome(null, fault, []);
        try
        {
            return await TranscribeAsync(input, clip, _recognizer, _options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _budget.Remove(clip.Samples.Length);
        }
    }

    /// <summary>Transcribes one recording that has been read.</summary>
    public static Task<FileOutcome> TranscribeAsync(AudioInput input, AudioClip clip, Recognizer recognizer, TranscriptionOptions options, CancellationToken cancellationToken)
    {
        if (options.Segmentation == Segmentation.Whole && clip.Duration.TotalSeconds > Recognizer.LongestUtterance)
        {
            string sentence = $"{input.Name}: it lasts {clip.Duration.TotalSeconds:F0} s, and one utterance may last {Recognizer.LongestUtterance} s; leave out --segmentation whole to have it cut at pauses.";
            return Task.FromResult(new FileOutcome(null, sentence, clip.Warnings));
        }

        return Finish();

        async Task<FileOutcome> Finish() => new(await recognizer.TranscribeAsync(clip.Samples, options, cancellationToken).ConfigureAwait(false), null, clip.Warnings);
    }

    public void Dispose() => _readers.Dispose();

    private static string Why(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file.",
        UnauthorizedAccessException => "this user may not read it.",
        _ => $"it cannot be read ({e.Message.TrimEnd('.')}).",
    };
}
