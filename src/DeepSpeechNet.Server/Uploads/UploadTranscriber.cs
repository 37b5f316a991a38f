using System.Runtime.CompilerServices;
using DeepSpeechNet.Audio;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Speech.Recognition;
using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.Uploads;

/// <summary>
/// Recognises an uploaded recording of any length in bounded memory, an utterance at a time. It goes through a session, which keeps no more than a few
/// utterances of one recording waiting for the network: so a short upload does not wait behind a long one.
/// </summary>
internal sealed class UploadTranscriber(Recognizer recognizer, ServerOptions options)
{
    private const int BlockSeconds = 1;

    /// <summary>The utterances of a recording, as they are recognised; the last item has no words of its own and tells the length.</summary>
    /// <param name="content">The file.</param>
    /// <param name="request">How to recognise it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefusalException">The recording cannot be used.</exception>
    public async IAsyncEnumerable<TranscriptUpdate> RunAsync(Stream content, SessionOptions request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IAudioReader reader = await Task.Run(() => Open(content), cancellationToken).ConfigureAwait(false);
        int rate = reader.SampleRate, modelRate = recognizer.Model.FrontEnd.SampleRate;
        if (!Resampler.Supports(rate, modelRate) || rate is < 1000 or > 768_000)
            throw Refusal($"Its sampling rate, {rate} Hz, is too far from {modelRate} Hz to be converted.");
        MonoBlocks blocks = new(reader, rate * BlockSeconds, options.Limits.UploadDuration);
        List<float[]> start = [];
        long heard = 0;
        bool whole = false;
        while (heard <= Recognizer.LongestUtterance * rate && !whole)
        {
            if (Next(blocks) is { } block)
            {
                start.Add(block);
                heard += block.Length;
            }
            else
            {
                whole = true;
            }
        }

        whole &= recognizer.Model.FrontEnd.SampleRate * (double)heard / rate <= Recognizer.LongestUtterance * modelRate;
        SessionOptions session = request with { SampleRate = rate, Segmentation = whole ? Segmentation.Whole : Segmentation.Pauses, Partials = false };
        await foreach (TranscriptUpdate update in recognizer.TranscribeLiveAsync(Samples(start, blocks), session, cancellationToken).ConfigureAwait(false))
            yield return update;
        TimeSpan duration = TimeSpan.FromSeconds(blocks.Frames / (double)rate);
        yield return new TranscriptUpdate(UpdateKind.Partial, int.MaxValue, duration, duration, "", [], []);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<float>> Samples(List<float[]> start, MonoBlocks blocks)
    {
        foreach (float[] block in start)
            yield return block;
        start.Clear();
        while (true)
        {
            // Reading is synchronous work; others get their turn between blocks.
            await Task.Yield();
            if (Next(blocks) is not { } block)
                yield break;
            yield return block;
        }
    }

    private IAudioReader Open(Stream content)
    {
        try
        {
            return AudioFile.Open(content, "file", new AudioReadOptions { AllowLibSndFile = options.AllowLibSndFile, SpoolLimit = options.Limits.UploadBytes });
        }
        catch (AudioFormatException e)
        {
            throw Refusal(e.Message, e);
        }
    }

    private static float[]? Next(MonoBlocks blocks)
    {
        try
        {
            return blocks.Next();
        }
        catch (AudioFormatException e)
        {
            throw Refusal(e.Message, e);
        }
    }

    private static RefusalException Refusal(string message, Exception? inner = null) => new(StatusCodes.Status400BadRequest, message, "file", "invalid_audio", inner);
}
