using System.Runtime.InteropServices;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Decoding.Rescoring;

/// <summary>
/// Ranks hypotheses anew by how well their words, as they are spoken, fit the phones that the network heard:
/// <code>
/// score + weight * log p(phones of the text | sound)
/// </code>
/// Spelling hides sounds ("though", "tough") and phones do not, so the two views of the same sound err in different places. Not safe for several threads at once;
/// the words may be shared.
/// </summary>
public sealed class PhoneRescorer
{
    // Where nothing fits, such as a long reading of half a second: below all others, and still a number.
    private const double Worst = -1e5;

    private readonly SpokenWords _words;
    private readonly double _weight;
    private readonly PhoneLikelihood _likelihood;
    private readonly List<int> _phones = [];

    /// <summary>Creates a rescorer.</summary>
    /// <param name="words">How words are spoken, in as many phones as the network has.</param>
    /// <param name="weight">How much the phones count, 0 or above.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is out of its range.</exception>
    public PhoneRescorer(SpokenWords words, double weight)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (!(weight >= 0 && double.IsFinite(weight)))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "The weight of the phones must be a number of 0 or above.");
        _words = words;
        _weight = weight;
        _likelihood = new PhoneLikelihood(words.PhoneCount);
    }

    /// <summary>Takes the phones of the utterance that the next hypotheses are of.</summary>
    /// <param name="logProbabilities">Natural logarithms, [time, phone and last the blank], row-major.</param>
    /// <exception cref="ArgumentException">The number of values is no whole number of frames.</exception>
    public void Load(ReadOnlySpan<float> logProbabilities)
    {
        if (logProbabilities.Length % (_words.PhoneCount + 1) != 0)
            throw new ArgumentException($"{logProbabilities.Length} values are no whole number of frames of {_words.PhoneCount} phones and the blank.", nameof(logProbabilities));
        _likelihood.Load(logProbabilities);
    }

    /// <summary>What the phones add to the score of a text.</summary>
    public double Score(string text)
    {
        _phones.Clear();
        _words.Say(text, _phones);
        return _weight * Math.Max(Worst, _likelihood.LogProbability(CollectionsMarshal.AsSpan(_phones)));
    }

    /// <summary>The same hypotheses with their new scores, best first; of equal ones the earlier stays before the later.</summary>
    public IReadOnlyList<CtcHypothesis> Rescore(IReadOnlyList<CtcHypothesis> hypotheses)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        _words.Learn(hypotheses.Select(h => h.Text));
        return [.. hypotheses.Select(h => h with { Score = h.Score + Score(h.Text) }).OrderByDescending(h => h.Score)];
    }
}
