namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// How letters become text: the search, and how much the language models count in it. Kept in a model package; <c>dsn tune</c> finds
/// good values. Settings of language models are of no effect where there is none.
/// </summary>
public sealed record DecoderSettings
{
    /// <summary>The width of a search that language models or hot words ask for where <see cref="BeamWidth"/> asks for none.</summary>
    public const int UsualBeamWidth = 64;

    /// <summary>Hypotheses kept by the prefix beam search; 1 means best-path decoding.</summary>
    public int BeamWidth { get; init; } = 1;

    /// <summary>Hypotheses further below the best one are dropped, in nats; 0 drops none.</summary>
    public double ScoreMargin { get; init; } = 20;

    /// <summary>The package of language models: a folder relative to this package's own; empty for the package's own models, or for none.</summary>
    public string LanguageModel { get; init; } = "";

    /// <summary>Alpha of the n-gram model in the search; 0 leaves it out.</summary>
    public double NGramWeight { get; init; } = 0.5;

    /// <summary>Beta: added for each word in the search, in nats, where a language model takes part in it.</summary>
    public double WordBonus { get; init; } = 1;

    /// <summary>What each letter of a word outside the n-gram model's vocabulary costs, in nats before the weight.</summary>
    public double UnknownLetterCost { get; init; } = 3.332;

    /// <summary>Where the neural model takes part.</summary>
    public NeuralPass NeuralPass { get; init; } = NeuralPass.Rescoring;

    /// <summary>The weight of the neural model; 0 leaves it out.</summary>
    public double NeuralWeight { get; init; } = 0.5;

    /// <summary>The share of the neural model in its mixture with the n-gram model in a second pass, 0 to 1; 1 takes it alone, as do models of different symbols.</summary>
    public double NeuralShare { get; init; } = 1;

    /// <summary>Hypotheses that a second pass looks at.</summary>
    public int RescoredHypotheses { get; init; } = 32;

    /// <summary>
    /// How much it counts how well the spoken words fit the network's phones (<see cref="Scorers.PhoneScorer"/>), where the network has phones and the package knows
    /// how words are spoken; 0 leaves it out.
    /// </summary>
    public double PhoneWeight { get; init; }

    /// <summary>Slope of the curve that calibrates confidences: see <see cref="ConfidenceCalibration"/>.</summary>
    public double ConfidenceSlope { get; init; } = 1;

    /// <summary>Offset of the curve that calibrates confidences.</summary>
    public double ConfidenceOffset { get; init; }

    /// <summary>The curve that calibrates confidences.</summary>
    public ConfidenceCalibration Calibration() => new(ConfidenceSlope, ConfidenceOffset);

    /// <summary>The same without language models: no n-gram model and no neural one takes part, nor what is known of how words are spoken.</summary>
    public DecoderSettings WithoutLanguageModel() => this with { NGramWeight = 0, NeuralWeight = 0, NeuralPass = NeuralPass.None, LanguageModel = "", PhoneWeight = 0 };

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public void Validate()
    {
        Check(nameof(BeamWidth), BeamWidth, 1, 100_000);
        Check(nameof(ScoreMargin), ScoreMargin, 0, 1e6);
        Check(nameof(NGramWeight), NGramWeight, 0, 100);
        Check(nameof(WordBonus), WordBonus, -100, 100);
        Check(nameof(UnknownLetterCost), UnknownLetterCost, 0, 100);
        Check(nameof(NeuralWeight), NeuralWeight, 0, 100);
        Check(nameof(NeuralShare), NeuralShare, 0, 1);
        Check(nameof(RescoredHypotheses), RescoredHypotheses, 1, 10_000);
        Check(nameof(PhoneWeight), PhoneWeight, 0, 100);
        Check(nameof(ConfidenceSlope), ConfidenceSlope, 0, 1000);
        Check(nameof(ConfidenceOffset), ConfidenceOffset, -1000, 1000);
        if (!Enum.IsDefined(NeuralPass))
            throw new ArgumentException($"{nameof(NeuralPass)} is {NeuralPass}; it must be one of {string.Join(", ", Enum.GetNames<NeuralPass>())}.");
    }

    private static void Check(string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high)) throw new ArgumentException($"{name} is {value}; it must be {low} to {high}.");
    }
}
