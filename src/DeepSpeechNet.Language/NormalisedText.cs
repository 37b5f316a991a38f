namespace DeepSpeechNet.Language;

/// <summary>A text as an alphabet can write it, and what was lost on the way.</summary>
/// <param name="Text">The normalised text; symbols that could not be mapped are left out.</param>
/// <param name="Unmapped">Each symbol that could not be mapped, once, in the order of first appearance.</param>
public sealed record NormalisedText(string Text, IReadOnlyList<string> Unmapped)
{
    /// <summary>Whether nothing was lost: a text for training should be complete.</summary>
    public bool IsComplete => Unmapped.Count == 0;
}
