namespace DeepSpeechNet.Language.Metrics;

/// <summary>The errors of a group of utterances: a whole evaluation, a corpus, a speaker.</summary>
/// <param name="Utterances">The number of utterances.</param>
/// <param name="CorrectUtterances">Those without an error in words.</param>
/// <param name="Words">The errors in words; its rate is the word error rate.</param>
/// <param name="Characters">The errors in characters; its rate is the character error rate.</param>
public readonly record struct ErrorTally(long Utterances, long CorrectUtterances, EditCounts Words, EditCounts Characters)
{
    /// <summary>The word error rate, never capped; see <see cref="EditCounts.Rate"/>.</summary>
    public double WordErrorRate => Words.Rate;

    /// <summary>The character error rate, never capped.</summary>
    public double CharacterErrorRate => Characters.Rate;

    /// <summary>The tally with one more utterance.</summary>
    public ErrorTally With(UtteranceScore score)
    {
        ArgumentNullException.ThrowIfNull(score);
        return new ErrorTally(
            Utterances + 1,
            CorrectUtterances + (score.Words.Errors == 0 ? 1 : 0),
            Words + score.Words,
            Characters + score.Characters);
    }
}
