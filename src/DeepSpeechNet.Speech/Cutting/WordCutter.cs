using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Cutting;

/// <summary>
/// Cuts recordings whose texts are known into their words, so that a corpus of sentences also teaches words said alone. The
/// words' places come from a forced alignment (<see cref="CtcAligner"/>). A network trained by CTC tells a letter by a spike
/// somewhere inside its sound, so a word begins before its first spike and ends after its last one: the cut between two words
/// lies in the middle of the quietest 20 ms between their spikes, and at the ends of the recording in the quietest ones of
/// <see cref="EdgeSeconds"/> outside. Safe for several threads at once.
/// </summary>
public sealed class WordCutter
{
    /// <summary>How far before the first spike of a recording, and after the last one, a cut may lie, in seconds.</summary>
    public const double EdgeSeconds = 0.4;

    private const double QuietSeconds = 0.02;

    private readonly Recognizer _recognizer;
    private readonly CtcAligner _aligner;
    private readonly TextNormaliser _normaliser;

    /// <summary>Creates a cutter.</summary>
    /// <param name="recognizer">Whose network aligns; it stays its owner's.</param>
    public WordCutter(Recognizer recognizer)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        _recognizer = recognizer;
        _aligner = new CtcAligner(recognizer.Model.Alphabet);
        _normaliser = new TextNormaliser(recognizer.Model.Alphabet);
    }

    /// <summary>Finds the words of a recording.</summary>
    /// <param name="samples">The recording at the model's sample rate.</param>
    /// <param name="text">What is said in it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Its words in their order; none where the recording is silent or too short for the text.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<IReadOnlyList<WordClip>> CutAsync(ReadOnlyMemory<float> samples, string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        int[] labels = _recognizer.Model.Alphabet.Encode(_normaliser.Normalise(text).Text);
        using LetterProbabilities? letters = await _recognizer.RunNetworkAsync(samples, cancellationToken).ConfigureAwait(false);
        if (letters is null || labels.Length == 0 || !_aligner.TryAlign(letters.Values, labels, out _))
            return [];
        return Place(_aligner.AlignWords(letters.Values, labels), samples.Span);
    }

    private List<WordClip> Place(IReadOnlyList<AlignedWord> words, ReadOnlySpan<float> samples)
    {
        int rate = _recognizer.Model.FrontEnd.SampleRate;
        int edge = (int)(EdgeSeconds * rate);
        List<WordClip> clips = [];
        int start = Quietest(samples, Sample(words[0].StartFrame, samples) - edge, Sample(words[0].StartFrame, samples));
        for (int i = 0; i < words.Count; i++)
        {
            int last = Sample(words[i].EndFrame, samples);
            int end = Quietest(samples, last, i + 1 < words.Count ? Sample(words[i + 1].StartFrame, samples) : last + edge);
            clips.Add(new WordClip(words[i].Text, start, end, words[i].Confidence));
            start = end;
        }

        return clips;
    }

    private int Sample(int frame, ReadOnlySpan<float> samples) =>
        (int)Math.Min(samples.Length, _recognizer.Frame.TotalSeconds * frame * _recognizer.Model.FrontEnd.SampleRate);

    /// <summary>The middle of the stretch of 20 ms with the least energy between two places; their middle where there is no room for one.</summary>
    private int Quietest(ReadOnlySpan<float> samples, int from, int to)
    {
        from = Math.Clamp(from, 0, samples.Length);
        to = Math.Clamp(to, from, samples.Length);
        int length = (int)(QuietSeconds * _recognizer.Model.FrontEnd.SampleRate);
        if (to - from <= length)
            return (from + to) / 2;
        double energy = 0;
        for (int n = from; n < from + length; n++)
            energy += (double)samples[n] * samples[n];
        double least = energy;
        int best = from;
        for (int n = from; n + length < to; n++)
        {
            energy += ((double)samples[n + length] * samples[n + length]) - ((double)samples[n] * samples[n]);
            if (energy >= least)
                continue;
            least = energy;
            best = n + 1;
        }

        return best + (length / 2);
    }
}
