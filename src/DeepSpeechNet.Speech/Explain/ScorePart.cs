using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>
/// One of the models that have a say in which reading wins, beside the network: an n-gram model, a recurrent one, a list of hot words.
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
        return new ScorePart(name, labels => ScorerTrace.Scores(scorer, labels).Sum(s => (double)s), labels => ScorerTrace.Scores(scorer, labels));
    }
}
