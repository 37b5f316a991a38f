namespace DeepSpeechNet.Language;

/// <summary>What a <see cref="TextNormaliser"/> changes in a text before it looks symbols up in the alphabet.</summary>
public sealed record TextNormaliserOptions
{
    /// <summary>Whether letters become lower case (Unicode simple case mapping). Default: yes.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Whether typographic apostrophes, primes and accents used as one become the plain apostrophe. Default: yes.</summary>
    public bool MapApostrophes { get; init; } = true;

    /// <summary>
    /// Whether Latin letters with diacritics that the alphabet lacks become their base letters (é to e, æ to ae, ß to ss).
    /// Default: yes.
    /// </summary>
    public bool FoldDiacritics { get; init; } = true;

    /// <summary>
    /// Whether punctuation that the alphabet lacks is taken away; it separates words as a space does. Signs that are spoken
    /// (ampersand, percent, at, number sign and every symbol such as + or $) are not punctuation here: they are reported.
    /// Default: yes.
    /// </summary>
    public bool StripPunctuation { get; init; } = true;
}
