namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>
/// How much a language model counts in a beam search. A prefix ranks by
/// <code>
/// log p(acoustic) + Weight * log p(words) + WordBonus * number of words
/// </code>
/// (Hannun et al. 2014, equation 1, where the two are alpha and beta).
/// </summary>
public sealed record ScorerOptions
{
    /// <summary>Alpha, the weight of the model's log-probability; 0 or above. Default: 0.5.</summary>
    public double Weight { get; init; } = 0.5;

    /// <summary>Beta, added for each word, in nats; any finite value. Default: 1.</summary>
    public double WordBonus { get; init; } = 1;

    /// <summary>
    /// What each letter of a word outside the vocabulary costs beside the model's cost of an unknown word, in nats before the weight; 0 or above. Default:
    /// log 28, a letter drawn from 28 at random. Models over characters make no use of it.
    /// </summary>
    public double UnknownLetterCost { get; init; } = 3.332;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (!(Weight >= 0 && double.IsFinite(Weight)))
            throw new ArgumentOutOfRangeException(nameof(Weight), Weight, "The weight of a language model must be a number of 0 or above.");
        if (!double.IsFinite(WordBonus))
            throw new ArgumentOutOfRangeException(nameof(WordBonus), WordBonus, "The bonus of a word must be a finite number.");
        if (!(UnknownLetterCost >= 0 && double.IsFinite(UnknownLetterCost)))
            throw new ArgumentOutOfRangeException(nameof(UnknownLetterCost), UnknownLetterCost, "The cost of a letter of an unknown word must be a number of 0 or above.");
    }
}
