namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>How a word is spoken, as a <see cref="Pronouncer"/> says it.</summary>
/// <param name="Phones">The labels of its phones.</param>
/// <param name="ByLetter">How many of them are said by the end of each letter: letters and phones go on side by side, though not at the same pace.</param>
public sealed record SpokenWord(ReadOnlyMemory<int> Phones, ReadOnlyMemory<int> ByLetter)
{
    /// <summary>A word that cannot be said, such as a number in digits.</summary>
    public static SpokenWord Silent { get; } = new(default, default);
}
