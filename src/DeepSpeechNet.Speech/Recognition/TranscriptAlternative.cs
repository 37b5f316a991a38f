namespace DeepSpeechNet.Speech.Recognition;

/// <summary>One reading of a recording among several.</summary>
/// <param name="Text">What was said, by this reading.</param>
/// <param name="Score">What readings are ranked by: a natural logarithm, comparable within one transcript only.</param>
/// <param name="Confidence">The reading's share, 0 to 1, among all readings that the decoder gave.</param>
public sealed record TranscriptAlternative(string Text, double Score, double Confidence);
