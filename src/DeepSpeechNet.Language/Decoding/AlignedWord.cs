namespace DeepSpeechNet.Language.Decoding;

/// <summary>One word and where a CTC alignment finds it.</summary>
/// <param name="Text">The word.</param>
/// <param name="StartFrame">The first frame of its first letter.</param>
/// <param name="EndFrame">The frame after the last frame of its last letter.</param>
/// <param name="Confidence">
/// The probability, 0 to 1, that the network gives to exactly this word in these frames: see <see cref="WordConfidence"/>.
/// </param>
public readonly record struct AlignedWord(string Text, int StartFrame, int EndFrame, double Confidence);
