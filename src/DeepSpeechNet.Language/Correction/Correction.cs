namespace DeepSpeechNet.Language.Correction;

/// <summary>A corrected text.</summary>
/// <param name="Text">The likeliest text.</param>
/// <param name="Alternatives">The likeliest texts with their scores, the best first; <paramref name="Text"/> is the first.</param>
public sealed record Correction(string Text, IReadOnlyList<CorrectionAlternative> Alternatives);

/// <summary>One text that may have been meant.</summary>
/// <param name="Text">The text.</param>
/// <param name="Score">Its weighted log probability; comparable between alternatives of one text only.</param>
public sealed record CorrectionAlternative(string Text, double Score);
