namespace DeepSpeechNet.Language.Correction;

/// <summary>What somebody (or a recogniser) wrote, and what was meant.</summary>
/// <param name="Wrong">The text as written.</param>
/// <param name="Right">The text that was meant.</param>
/// <param name="Source">Where the pair comes from, for reports; may be empty.</param>
public sealed record SpellingPair(string Wrong, string Right, string Source = "");
