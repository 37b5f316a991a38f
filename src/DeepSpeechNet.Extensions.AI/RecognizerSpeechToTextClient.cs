using System.Runtime.CompilerServices;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Speech.Recognition;
using Microsoft.Extensions.AI;

namespace DeepSpeechNet.Extensions.AI;

/// <summary>
/// A recogniser as an <see cref="ISpeechToTextClient"/>, so that programs written against Microsoft.Extensions.AI, and its logging and telemetry wrappers, use
/// it like any other. Thread-safe. Neither the recogniser nor the streams of sound are disposed with it.
/// </summary>
public sealed class RecognizerSpeechToTextClient : ISpeechToTextClient
{
    private readonly Recognizer _recognizer;
    private readonly SessionOptions _options;
    private readonly SpeechToTextClientMetadata _metadata;

    /// <summary>Creates a client.</summary>
    /// <param name="recognizer">What recognises; it must live longer than the client.</param>
    /// <param name="modelId">The model's name for others.</param>
    /// <param name="options">How to listen; the sampling rate is each stream's own. Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RecognizerSpeechToTextClient(Recognizer recognizer, string modelId = "default", SessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        ArgumentException.ThrowIfNullOrEmpty(modelId);
        _recognizer = recognizer;
        _options = options ?? new SessionOptions();
        _options.Validate();
        _metadata = new SpeechToTextClientMetadata("deepspeechnet", defaultModelId: modelId);
    }

    /// <summary>Transcribes a stream of sound to its end.</summary>
    /// <param name="audioSpeechStream">WAV or FLAC, or what libsndfile reads where the system has it; it may be a pipe.</param>
    /// <param name="options">The model's name, if given, must be this client's; languages are not looked at, since a model has one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The text, and where it was spoken.</returns>
    /// <exception cref="Audio.AudioFormatException">The stream holds no sound that can be read.</exception>
    /// <exception cref="ArgumentException">Another model is asked for.</exception>
    public async Task<SpeechToTextResponse> GetTextAsync(Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<TranscriptUpdate> finals = [];
        await foreach (TranscriptUpdate update in ListenAsync(audioSpeechStream, options, partials: false, cancellationToken).ConfigureAwait(false))
            finals.Add(update);
        return new SpeechToTextResponse(string.Join(' ', finals.Where(f => f.Text.Length > 0).Select(f => f.Text)))
        {
            ModelId = _metadata.DefaultModelId,
            StartTime = finals.Count > 0 ? finals[0].Start : null,
            EndTime = finals.Count > 0 ? finals[^1].End : null,
            RawRepresentation = finals,
        };
    }

    /// <summary>Transcribes a stream of sound while it comes: an opening, texts that still change, texts that have come to rest, a close.</summary>
    /// <param name="audioSpeechStream">WAV or FLAC, or what libsndfile reads where the system has it; it may be a pipe that is still being written.</param>
    /// <param name="options">The model's name, if given, must be this client's; languages are not looked at, since a model has one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The updates; each has its <see cref="TranscriptUpdate"/> as raw representation.</returns>
    /// <exception cref="Audio.AudioFormatException">The stream holds no sound that can be read.</exception>
    /// <exception cref="ArgumentException">Another model is asked for.</exception>
    public async IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(
        Stream audioSpeechStream, SpeechToTextOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string response = Guid.NewGuid().ToString("N");
        yield return Update(SpeechToTextResponseUpdateKind.SessionOpen, response);
        await foreach (TranscriptUpdate update in ListenAsync(audioSpeechStream, options, _options.Partials, cancellationToken).ConfigureAwait(false))
        {
            SpeechToTextResponseUpdate next = Update(update.IsFinal ? SpeechToTextResponseUpdateKind.TextUpdated : SpeechToTextResponseUpdateKind.TextUpdating, response);
            next.Contents = [new TextContent(update.Text)];
            next.StartTime = update.Start;
            next.EndTime = update.End;
            next.RawRepresentation = update;
            yield return next;
        }

        yield return Update(SpeechToTextResponseUpdateKind.SessionClose, response);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        if (serviceType == typeof(SpeechToTextClientMetadata))
            return _metadata;
        return serviceType == typeof(Recognizer) ? _recognizer : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Does nothing: the recogniser is its owner's.</summary>
    public void Dispose()
    {
    }

    private async IAsyncEnumerable<TranscriptUpdate> ListenAsync(
        Stream stream, SpeechToTextOptions? options, bool partials, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (options?.ModelId is { } asked && asked != _metadata.DefaultModelId)
            throw new ArgumentException($"The model \"{asked}\" is asked for; this client has \"{_metadata.DefaultModelId}\".", nameof(options));
        using IAudioReader reader = await Task.Run(() => AudioFile.Open(stream, "the stream"), cancellationToken).ConfigureAwait(false);
        SessionOptions session = _options with { SampleRate = reader.SampleRate, Partials = partials };
        await foreach (TranscriptUpdate update in _recognizer.TranscribeLiveAsync(BlocksAsync(reader, cancellationToken), session, cancellationToken).ConfigureAwait(false))
            yield return update;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<float>> BlocksAsync(IAudioReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A tenth of a second: what a pipe gives is heard without delay.
        int channels = reader.Channels;
        float[] interleaved = new float[Math.Max(1, reader.SampleRate / 10) * channels], mono = new float[interleaved.Length / channels];
        while (true)
        {
            int count = await Task.Run(() => reader.Read(interleaved), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                yield break;
            for (int i = 0; i < count / channels; i++)
            {
                float sum = 0;
                for (int c = 0; c < channels; c++)
                    sum += interleaved[(i * channels) + c];
                mono[i] = sum / channels;
            }

            yield return mono.AsMemory(0, count / channels);
        }
    }

    private SpeechToTextResponseUpdate Update(SpeechToTextResponseUpdateKind kind, string response) => new() { Kind = kind, ResponseId = response, ModelId = _metadata.DefaultModelId };
}
