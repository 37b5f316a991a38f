namespace DeepSpeechNet.Language.Metrics;

/// <summary>One kind of error in words and how often it was made.</summary>
/// <param name="Said">The word that was said; empty for an insertion.</param>
/// <param name="Recognised">The word that was recognised; empty for a deletion.</param>
/// <param name="Count">How often.</param>
public readonly record struct WordConfusion(string Said, string Recognised, int Count);
