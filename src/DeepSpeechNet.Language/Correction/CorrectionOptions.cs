namespace DeepSpeechNet.Language.Correction;

/// <summary>How a corrector weighs and searches. The score of a text is ln P(seen | text) + <see cref="LanguageWeight"/> · ln P(text) - <see cref="EditPenalty"/> · edits.</summary>
public sealed record CorrectionOptions
{
    /// <summary>The weight of the language model against the channel. Default 1.</summary>
    public float LanguageWeight { get; init; } = 1;

    /// <summary>
    /// What each edit costs on top of the channel's probability, in natural logarithms. The channel learns from texts that are all wrong; this says how much rarer
    /// errors are in what is to be corrected: the higher, the more is left alone. Default 2.
    /// </summary>
    public float EditPenalty { get; init; } = 2;

    /// <summary>
    /// What each word that is edited costs on top, however many edits it takes: slips crowd in the words that have any. A space that is put in or taken away
    /// belongs to the word after it. Default 0.
    /// </summary>
    public float WordPenalty { get; init; }

    /// <summary>The like of <see cref="LanguageWeight"/> for a word that stands alone. Default 1.</summary>
    public float SingleWordWeight { get; init; } = 1;

    /// <summary>The like of <see cref="EditPenalty"/> for a word that stands alone. Default 0.</summary>
    public float SingleWordEditPenalty { get; init; }

    /// <summary>Added for each word, in natural logarithms; above 0 for more and shorter words. Default 0.</summary>
    public float WordBonus { get; init; }

    /// <summary>The share of unknown words that no list holds: the higher, the more names and foreign words stay as they are. Default 0.3.</summary>
    public float NovelWordShare { get; init; } = 0.3f;

    /// <summary>Hypotheses kept at each letter. Default 100.</summary>
    public int BeamWidth { get; init; } = 100;

    /// <summary>Hypotheses whose score is this much below the best one's at the same letter are dropped, in natural logarithms. Default 13.</summary>
    public float Threshold { get; init; } = 13;

    /// <summary>
    /// The weight of a neural language model, where there is one: it adds this times its ln P(text) to the scores of the best texts of the search. 0 leaves it
    /// out. Words that stand alone do without. Default 0.2.
    /// </summary>
    public float NeuralWeight { get; init; } = 0.2f;

    /// <summary>How many best texts of the search the neural language model ranks anew. Default 30.</summary>
    public int RescoredTexts { get; init; } = 30;

    /// <summary>How many best texts are given, the first among them. Default 1.</summary>
    public int Alternatives { get; init; } = 1;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Check(LanguageWeight, 0, 100, nameof(LanguageWeight));
        Check(EditPenalty, -100, 100, nameof(EditPenalty));
        Check(WordPenalty, -100, 100, nameof(WordPenalty));
        Check(SingleWordWeight, 0, 100, nameof(SingleWordWeight));
        Check(SingleWordEditPenalty, -100, 100, nameof(SingleWordEditPenalty));
        Check(WordBonus, -100, 100, nameof(WordBonus));
        Check(NeuralWeight, 0, 100, nameof(NeuralWeight));
        if (!(NovelWordShare is > 0 and < 1))
            throw new ArgumentException($"{nameof(NovelWordShare)} is {NovelWordShare}; it must be above 0 and below 1.");
        if (BeamWidth is < 1 or > 100_000)
            throw new ArgumentException($"{nameof(BeamWidth)} is {BeamWidth}; it must be 1 to 100,000.");
        if (!(Threshold is > 0 and <= 1000))
            throw new ArgumentException($"{nameof(Threshold)} is {Threshold}; it must be above 0 and at most 1000.");
        if (RescoredTexts is < 1 or > 1000)
            throw new ArgumentException($"{nameof(RescoredTexts)} is {RescoredTexts}; it must be 1 to 1000.");
        if (Alternatives is < 1 or > 1000)
            throw new ArgumentException($"{nameof(Alternatives)} is {Alternatives}; it must be 1 to 1000.");
    }

    private static void Check(float value, float least, float most, string name)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentException($"{name} is {value}; it must be {least} to {most}.");
    }
}
