using DeepSpeechNet.Audio.Capture;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Listening;

/// <summary>Writes what a microphone hears: finished utterances as lines of output, the one that goes on below them on a terminal.</summary>
internal sealed class Listener(Recognizer recognizer, CommandConsole console, ListeningLine line)
{
    /// <summary>Listens until the microphone ends, the time is over or it is stopped; what was being said then is still finished.</summary>
    /// <param name="microphone">What to listen to.</param>
    /// <param name="options">How.</param>
    /// <param name="saved">Keeps sound and text; null for not.</param>
    /// <param name="seconds">The longest to listen; 0 for no end.</param>
    /// <param name="stop">Stops listening.</param>
    /// <exception cref="CaptureException">The microphone failed.</exception>
    public async Task RunAsync(IMicrophone microphone, SessionOptions options, SavedListening? saved, double seconds, CancellationToken stop)
    {
        RecognitionSession session = recognizer.StartSession(options with { SampleRate = microphone.SampleRate });
        await using (session.ConfigureAwait(false))
        {
            Task reading = ReadAsync(session, saved);
            long left = seconds > 0 ? (long)(seconds * microphone.SampleRate) : long.MaxValue;
            await foreach (ReadOnlyMemory<float> chunk in microphone.CaptureAsync(stop).ConfigureAwait(false))
            {
                ReadOnlyMemory<float> samples = chunk.Length <= left ? chunk : chunk[..(int)left];
                left -= samples.Length;
                saved?.Add(samples.Span);
                line.Level(samples.Span);
                await session.WriteAsync(samples, CancellationToken.None).ConfigureAwait(false);
                if (left == 0)
                    break;
            }

            await session.CompleteAsync(CancellationToken.None).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }

        console.EndProgress();
        saved?.Finish();
        if (microphone.Overruns > 0)
            console.Say($"Sound was lost {microphone.Overruns} times because this machine could not keep up: use a smaller model, or --no-partials.");
    }

    private async Task ReadAsync(RecognitionSession session, SavedListening? saved)
    {
        await foreach (TranscriptUpdate update in session.Updates.ConfigureAwait(false))
        {
            if (!update.IsFinal)
            {
                line.Text(update.Text);
                continue;
            }

            line.Text("");
            if (update.Text.Length == 0)
                continue;
            saved?.Add(update);
            console.EndProgress();
            await console.Out.WriteLineAsync(update.Text).ConfigureAwait(false);
            await console.Out.FlushAsync().ConfigureAwait(false);
        }
    }
}
