using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Rescoring;
using DeepSpeechNet.Language.Decoding.Scorers;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>
/// One of the models that have a say in which reading wins, beside the network: an n-gram model, a recurrent one, a list of hot words, how words are spoken.
/// It tells for any text what it gives to it, so that its share in a decision can be shown.
/// </summary>
/// <param name="Name">What people call it, such as <c>word n-gram</c>.</param>
/// <param name="Total">From the labels of a text to a natural logarithm, weighted as in decoding.</param>
/// <param name="ByLabel">The same for each label, and one more for ending there; null for a model that judges whole texts only.</param>
public sealed record ScorePart(string Name, Func<int[], double> Total, Func<int[], float[]>? ByLabel)
{
    /// <summary>A scorer of the beam search. It is led along texts on its own, so no search may be using it meanwhile.</summary>
    public static ScorePart Of(string name, IScorer scorer)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        return new ScorePart(
            name,
            labels => ScorerTrace.Scores(scorer, labels).Sum(s => (double)s),
            scorer is PhoneScorer ? null : labels => ScorerTrace.Scores(scorer, labels));
    }

    /// <summary>A second pass over whole texts.</summary>
    public static ScorePart Of(string name, HypothesisRescorer rescorer, Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(rescorer);
        ArgumentNullException.ThrowIfNull(alphabet);
        return new ScorePart(name, labels => rescorer.Rescore([new CtcHypothesis(Plain(alphabet.Decode(labels)), labels, 0, 0)])[0].Score, ByLabel: null);
    }

    /// <summary>Everything that has a say in a decoder, in the order in which it adds up.</summary>
    public static IReadOnlyList<ScorePart> Of(FusionDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        List<ScorePart> parts = [.. decoder.Parts.Select(part => Of(part.Name, part.Scorer))];
        if (decoder.Rescorer is { } rescorer)
            parts.Add(Of("RNN (second pass)", rescorer, decoder.Alphabet));
        return parts;
    }

    private static string Plain(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
