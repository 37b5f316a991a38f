using System.Diagnostics;
using DeepSpeechNet.Cli.Transcribing;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>Recognises every recording of a corpus and compares with its text, both normalised to the model's alphabet.</summary>
internal sealed class Evaluator
{
    private readonly Recognizer _recognizer;
    private readonly TranscriptionOptions _options;
    private readonly CommandConsole _console;

    public Evaluator(Recognizer recognizer, TranscriptionOptions options, CommandConsole console)
    {
        _recognizer = recognizer;
        _options = options;
        _console = console;
    }

    /// <summary>Evaluates; recordings that cannot be read are named on the console and left out.</summary>
    public async Task<Evaluation> RunAsync(ISpeechCorpus corpus, CancellationToken cancellationToken)
    {
        EvaluationReport report = new();
        TextNormaliser normaliser = new(_recognizer.Model.Alphabet);
        SortedSet<string> unwritable = new(StringComparer.Ordinal);
        int faults = 0, unwritableTexts = 0, done = 0;
        TimeSpan sound = TimeSpan.Zero;
        using ProgressLine progress = new(_console, TimeProvider.System);
        long start = Stopwatch.GetTimestamp();
        await foreach ((int index, (Transcript? transcript, string? fault)) in
            ManyAtOnce.RunAsync(corpus.Count, FileTranscriber.AtOnce, inOrder: true, (i, token) => RecogniseAsync(corpus, i, token), cancellationToken).ConfigureAwait(false))
        {
            done++;
            if (transcript is null)
            {
                faults++;
                _console.Say(fault!);
                continue;
            }

            CorpusEntry entry = corpus[index];
            NormalisedText reference = normaliser.Normalise(entry.Text);
            if (!reference.IsComplete)
            {
                unwritableTexts++;
                unwritable.UnionWith(reference.Unmapped);
            }

            string recognised = normaliser.Normalise(transcript.Text).Text;
            report.Add(entry.Path, reference.Text, recognised, entry.Corpus, entry.Speaker, transcript.Duration, Confidences(transcript, recognised, normaliser));
            sound += transcript.Duration;
            progress.Show(elapsed => $"{done} of {corpus.Count} recordings, WER so far {Rates.Percent(report.Total.WordErrorRate)}, {sound / elapsed:F0} times faster than sound");
        }

        return new Evaluation(report, Stopwatch.GetElapsedTime(start), sound, faults, [.. unwritable], unwritableTexts);
    }

    /// <summary>A confidence for each word of the normalised text; null where normalising moved the bounds of words.</summary>
    private static List<double>? Confidences(Transcript transcript, string recognised, TextNormaliser normaliser)
    {
        List<double> confidences = [];
        foreach (TranscriptWord word in transcript.Words)
            confidences.AddRange(Enumerable.Repeat(word.Confidence, WordErrorRate.Words(normaliser.Normalise(word.Text).Text).Length));
        return confidences.Count == WordErrorRate.Words(recognised).Length ? confidences : null;
    }

    private async Task<(Transcript?, string?)> RecogniseAsync(ISpeechCorpus corpus, int index, CancellationToken cancellationToken)
    {
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
            return (await _recognizer.TranscribeAsync(samples.Memory, _options, cancellationToken).ConfigureAwait(false), null);
    }
}
