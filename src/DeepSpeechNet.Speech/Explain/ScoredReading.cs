namespace DeepSpeechNet.Speech.Explain;

/// <summary>A text and what each side gives to it. Natural logarithms.</summary>
/// <param name="Text">The text.</param>
/// <param name="Acoustic">The network's: the probability of all paths that say it, exactly, whatever the beam kept of them.</param>
/// <param name="Parts">Each model's, as weighted in decoding.</param>
/// <param name="Share">The reading's share, 0 to 1, among the readings that the search ended with.</param>
public sealed record ScoredReading(string Text, double Acoustic, IReadOnlyList<double> Parts, double Share)
{
    /// <summary>All sides together.</summary>
    public double Score => Acoustic + Parts.Sum();
}
