namespace DeepSpeechNet.Language.Decoding.HotWords;

/// <summary>A phrase that recognition is to favour.</summary>
/// <param name="Phrase">One word or several with single spaces, in the symbols of the alphabet.</param>
/// <param name="Weight">What the phrase adds to the score of a text each time it stands there, in nats; above 0.</param>
public readonly record struct HotWord(string Phrase, double Weight);
