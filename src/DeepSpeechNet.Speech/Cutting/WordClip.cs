namespace DeepSpeechNet.Speech.Cutting;

/// <summary>One word cut out of a recording.</summary>
/// <param name="Text">The word.</param>
/// <param name="Start">The first sample of the recording that belongs to the clip.</param>
/// <param name="End">The sample after its last one.</param>
/// <param name="Confidence">The probability, 0 to 1, that the network gives to exactly this word at this place.</param>
public readonly record struct WordClip(string Text, int Start, int End, double Confidence);
