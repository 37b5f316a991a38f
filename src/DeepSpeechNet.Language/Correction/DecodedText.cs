namespace DeepSpeechNet.Language.Correction;

/// <summary>A text that a seen text may have been.</summary>
/// <param name="Words">Its words, numbers of the lexicon or complements of the numbers of words that stay, and where each ends in what was seen.</param>
/// <param name="Score">Its weighted log probability.</param>
internal sealed record DecodedText((int Word, int End)[] Words, float Score);
