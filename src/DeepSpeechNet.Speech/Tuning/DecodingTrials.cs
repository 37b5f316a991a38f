using System.Diagnostics;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Language.Packages;
using DeepSpeechNet.Language.Pronunciation;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tuning;

/// <summary>
/// Decodes the same utterances with one setting after the other, several utterances at a time; the network ran once. Results do not depend on the number of
/// threads. For one caller at a time.
/// </summary>
public sealed class DecodingTrials
{
    private readonly Alphabet _alphabet;
    private readonly TimeSpan _frame;
    private readonly LanguagePackage? _language;
    private readonly SpokenWords? _spoken;
    private readonly IReadOnlyList<TuningUtterance> _utterances;
    private readonly int _threads;

    /// <summary>Trials over utterances.</summary>
    /// <param name="recognizer">The recogniser whose alphabet and language models decode; it stays the caller's.</param>
    /// <param name="utterances">The utterances, at least one.</param>
    /// <param name="threads">Threads; 0 means one per processor.</param>
    /// <exception cref="ArgumentException">There is no utterance.</exception>
    public DecodingTrials(Recognizer recognizer, IReadOnlyList<TuningUtterance> utterances, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        ArgumentNullException.ThrowIfNull(utterances);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (utterances.Count == 0)
            throw new ArgumentException("There is no utterance to decode.", nameof(utterances));
        _alphabet = recognizer.Model.Alphabet;
        _frame = recognizer.Frame;
        _language = recognizer.Language;
        _spoken = recognizer.Spoken;
        _utterances = utterances;
        _threads = threads == 0 ? Environment.ProcessorCount : threads;
    }

    /// <summary>Whether an n-gram model can take part.</summary>
    public bool HasNGram => _language?.NGram is not null;

    /// <summary>Whether a neural model can take part.</summary>
    public bool HasNeural => _language is { HasNeural: true };

    /// <summary>Whether phones can take part.</summary>
    public bool HasPhones => _spoken is not null;

    /// <summary>Decodes all utterances.</summary>
    /// <exception cref="ArgumentException">The settings are out of range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public DecodingTrial Run(DecoderSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        Outcome[] outcomes = new Outcome[_utterances.Count];
        long work = 0;
        int next = -1;
        ParallelOptions options = new() { MaxDegreeOfParallelism = _threads, CancellationToken = cancellationToken };
        Parallel.For(0, Math.Min(_threads, outcomes.Length), options, _ =>
        {
            using UtteranceDecoder decoder = new(_alphabet, _frame, _language, _spoken);
            for (int i = Interlocked.Increment(ref next); i < outcomes.Length; i = Interlocked.Increment(ref next))
            {
                cancellationToken.ThrowIfCancellationRequested();
                long start = Stopwatch.GetTimestamp();
                Transcript transcript = Decode(decoder, _utterances[i], settings);
                Interlocked.Add(ref work, Stopwatch.GetTimestamp() - start);
                outcomes[i] = Compare(_utterances[i].Reference, transcript);
            }
        });
        EditCounts words = default, characters = default;
        List<(double, bool)> confidences = [];
        foreach (Outcome outcome in outcomes)
        {
            words += outcome.Words;
            characters += outcome.Characters;
            confidences.AddRange(outcome.Confidences);
        }

        return new DecodingTrial(settings, words, characters, TimeSpan.FromSeconds(work / (double)Stopwatch.Frequency), outcomes.Length, confidences);
    }

    private static Transcript Decode(UtteranceDecoder decoder, TuningUtterance utterance, DecoderSettings settings) => utterance.LogProbabilities.IsEmpty
        ? Transcript.Empty(utterance.Duration)
        : decoder.Decode(utterance.LogProbabilities.Span, utterance.Phones.Span, utterance.Duration, settings, null, 0);

    private static Outcome Compare(string reference, Transcript transcript)
    {
        string[] said = WordErrorRate.Words(reference), recognised = WordErrorRate.Words(transcript.Text);
        List<(double, bool)> confidences = [];
        if (recognised.Length == transcript.Words.Count)
        {
            foreach (EditStep step in EditDistance.Align<string>(said, recognised))
            {
                if (step.Kind != EditKind.Deletion)
                    confidences.Add((transcript.Words[step.HypothesisIndex].Confidence, step.Kind == EditKind.Match));
            }
        }

        return new Outcome(WordErrorRate.Compare(reference, transcript.Text), CharacterErrorRate.Compare(reference, transcript.Text), confidences);
    }

    private readonly record struct Outcome(EditCounts Words, EditCounts Characters, List<(double, bool)> Confidences);
}
