using DeepSpeechNet.Language;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tuning;

/// <summary>Runs the network over a corpus once and keeps what it gives.</summary>
public static class TuningSet
{
    // The network takes up to sixteen utterances at a time; twice as many wait for it.
    private const int AtOnce = 32;

    /// <summary>Runs the network over a corpus.</summary>
    /// <param name="recognizer">Whose network.</param>
    /// <param name="corpus">The recordings and what was said.</param>
    /// <param name="skipped">Gets one sentence for each recording that cannot take part.</param>
    /// <param name="progress">Gets how many recordings are done.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The utterances in the order of the corpus.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<IReadOnlyList<TuningUtterance>> CollectAsync(
        Recognizer recognizer,
        ISpeechCorpus corpus,
        Action<string> skipped,
        Action<int> progress,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(skipped);
        ArgumentNullException.ThrowIfNull(progress);
        TuningUtterance?[] utterances = new TuningUtterance?[corpus.Count];
        string?[] faults = new string?[corpus.Count];
        int done = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, corpus.Count, options, async (i, token) =>
        {
            (utterances[i], faults[i]) = await RunAsync(recognizer, corpus, i, token).ConfigureAwait(false);
            progress(Interlocked.Increment(ref done));
        }).ConfigureAwait(false);
        foreach (string? fault in faults)
        {
            if (fault is not null)
                skipped(fault);
        }

        return [.. utterances.OfType<TuningUtterance>()];
    }

    private static async Task<(TuningUtterance?, string?)> RunAsync(Recognizer recognizer, ISpeechCorpus corpus, int index, CancellationToken cancellationToken)
    {
        CorpusEntry entry = corpus[index];
        SampleBuffer samples;
        try
        {
            samples = await Task.Run(() => corpus.ReadSamples(index), cancellationToken).ConfigureAwait(false);
        }
        catch (CorpusException e)
        {
            return (null, e.Message);
        }

        using (samples)
        {
            double seconds = samples.Length / (double)recognizer.Model.FrontEnd.SampleRate;
            if (seconds > Recognizer.LongestUtterance)
                return (null, $"{entry.Path}: it lasts {seconds:F0} s and is left out; utterances for tuning may last {Recognizer.LongestUtterance} s.");
            using LetterProbabilities? letters = await recognizer.RunNetworkAsync(samples.Memory, cancellationToken).ConfigureAwait(false);
            string reference = new TextNormaliser(recognizer.Model.Alphabet).Normalise(entry.Text).Text;
            return (new TuningUtterance(entry.Path, letters is null ? default : letters.Values.ToArray(), TimeSpan.FromSeconds(seconds), reference) { Phones = letters?.Phones.ToArray() }, null);
        }
    }
}
