using System.Runtime.CompilerServices;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Cutting;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>A recording of a corpus with the places of its words.</summary>
/// <param name="Entry">The recording.</param>
/// <param name="Words">Its words in their order; none where they were not found.</param>
/// <param name="Samples">Its sound; empty where it could not be read.</param>
/// <param name="Fault">One sentence where it could not be read.</param>
internal readonly record struct CutRecording(CorpusEntry Entry, IReadOnlyList<WordClip> Words, float[] Samples, string? Fault);

/// <summary>Finds the words of all recordings of a corpus, many at a time.</summary>
internal static class CorpusCutting
{
    // The network takes up to sixteen utterances at a time; twice as many wait for it.
    private const int AtOnce = 32;

    /// <summary>The recordings in their order.</summary>
    /// <param name="recognizer">Whose network aligns.</param>
    /// <param name="corpus">At the network's sample rate.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async IAsyncEnumerable<CutRecording> RunAsync(Recognizer recognizer, ISpeechCorpus corpus, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        WordCutter cutter = new(recognizer);
        await foreach ((int _, CutRecording recording) in
            ManyAtOnce.RunAsync(corpus.Count, AtOnce, inOrder: true, (i, token) => CutAsync(cutter, corpus, i, token), cancellationToken).ConfigureAwait(false))
        {
            yield return recording;
        }
    }

    private static async Task<CutRecording> CutAsync(WordCutter cutter, ISpeechCorpus corpus, int index, CancellationToken cancellationToken)
    {
        CorpusEntry entry = corpus[index];
        float[] samples;
        try
        {
            using SampleBuffer buffer = await Task.Run(() => corpus.ReadSamples(index), cancellationToken).ConfigureAwait(false);
            samples = buffer.Span.ToArray();
        }
        catch (CorpusException e)
        {
            return new CutRecording(entry, [], [], e.Message);
        }

        return new CutRecording(entry, await cutter.CutAsync(samples, entry.Text, cancellationToken).ConfigureAwait(false), samples, null);
    }
}
