using System.Collections.Immutable;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>A model that was built, and what is worth knowing of how.</summary>
public sealed record NGramBuild
{
    /// <summary>The model, which the caller disposes.</summary>
    public required NGramModel Model { get; init; }

    /// <summary>Sentences of the text.</summary>
    public required long Sentences { get; init; }

    /// <summary>Tokens of the text, the ends of sentences not counted.</summary>
    public required long Tokens { get; init; }

    /// <summary>Tokens that are not in the vocabulary.</summary>
    public required long UnknownTokens { get; init; }

    /// <summary>The discounts of each length of n-grams, from 1.</summary>
    public required ImmutableArray<Discounts> Discounts { get; init; }

    /// <summary>Where values are kept in 8 bits: the perplexity of the text's beginning with them, as a multiple of that without; otherwise 1.</summary>
    public double QuantisationCost { get; init; } = 1;
}

/// <summary>How far a build is.</summary>
/// <param name="Stage">What is done at the moment.</param>
/// <param name="Tokens">Tokens that this stage has done.</param>
/// <param name="Fraction">Part of the stage that is done; NaN while the text is read, since its length is not known.</param>
public readonly record struct NGramProgress(NGramStage Stage, long Tokens, double Fraction);

/// <summary>What a build does, in order.</summary>
public enum NGramStage
{
    /// <summary>The text is read and its words are counted.</summary>
    Reading,

    /// <summary>N-grams are counted.</summary>
    Counting,

    /// <summary>Probabilities are computed.</summary>
    Smoothing,

    /// <summary>N-grams that matter little are left out.</summary>
    Pruning,

    /// <summary>The binary form is made.</summary>
    Packing,
}
