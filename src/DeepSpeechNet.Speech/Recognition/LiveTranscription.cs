using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>A session fed from a stream of chunks and read at the same time.</summary>
internal static class LiveTranscription
{
    public static async IAsyncEnumerable<TranscriptUpdate> RunAsync(
        Recognizer recognizer,
        IAsyncEnumerable<ReadOnlyMemory<float>> samples,
        SessionOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RecognitionSession session = recognizer.StartSession(options);
        await using (session.ConfigureAwait(false))
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task feeding = FeedAsync(session, samples, stop.Token);
            try
            {
                await foreach (TranscriptUpdate update in session.Updates.WithCancellation(stop.Token).ConfigureAwait(false))
                    yield return update;
            }
            finally
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            // The source's own fault, if it had one.
            await feeding.ConfigureAwait(false);
        }
    }

    private static async Task FeedAsync(RecognitionSession session, IAsyncEnumerable<ReadOnlyMemory<float>> samples, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ReadOnlyMemory<float> chunk in samples.WithCancellation(cancellationToken).ConfigureAwait(false))
                await session.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
            await session.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The reader must not wait for what will never come.
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
