namespace DeepSpeechNet.Speech.Recognition;

/// <summary>One word of a transcript.</summary>
/// <param name="Text">The word.</param>
/// <param name="Start">When its first letter begins, from the start of the recording.</param>
/// <param name="End">When its last letter ends.</param>
/// <param name="Confidence">The probability, 0 to 1, that the network gives to exactly this word at this place.</param>
public sealed record TranscriptWord(string Text, TimeSpan Start, TimeSpan End, double Confidence);
