using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// How a neural language model is trained. The defaults are the small network of Zaremba et al. 2014 (section 4.1). What is here is kept in checkpoints: a
/// resumed run goes on with the same settings.
/// </summary>
public sealed record LanguageTrainerOptions
{
    /// <summary>Passes over the text.</summary>
    public int Epochs { get; init; } = 13;

    /// <summary>
    /// Training ends after so many steps if that is earlier; 0 means when all epochs are done. A run too short to read the text once begins where
    /// <see cref="Seed"/> says, so that runs which go on from each other do not all read the same beginning.
    /// </summary>
    public long MaximumSteps { get; init; }

    /// <summary>B: streams of text read side by side.</summary>
    public int BatchSize { get; init; } = 20;

    /// <summary>T: symbols of each stream a step; gradients flow back so far.</summary>
    public int Window { get; init; } = 20;

    /// <summary>The highest learning rate. The loss is summed over a window and averaged over the streams, as in Zaremba et al.</summary>
    public float LearningRate { get; init; } = 1;

    /// <summary>The optimiser: sgd, nesterov, adam or adamw.</summary>
    public string Optimiser { get; init; } = "sgd";

    /// <summary>Momentum of sgd and nesterov.</summary>
    public float Momentum { get; init; }

    /// <summary>Weight decay.</summary>
    public float WeightDecay { get; init; }

    /// <summary>
    /// How the learning rate goes on after the warm-up: zaremba (constant for <see cref="FullRateEpochs"/>, then multiplied by <see cref="RateDecay"/> for every
    /// epoch), cosine (half a cosine down to a hundredth), constant, or plateau (halved where the valid text stops improving).
    /// </summary>
    public string Schedule { get; init; } = "zaremba";

    /// <summary>Epochs before the rate begins to fall, under zaremba.</summary>
    public int FullRateEpochs { get; init; } = 4;

    /// <summary>What the rate is multiplied by for every epoch after those, under zaremba.</summary>
    public float RateDecay { get; init; } = 0.5f;

    /// <summary>Steps over which the learning rate rises from zero.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>Gradients are scaled down to this Euclidean norm; 0 leaves them.</summary>
    public float ClipNorm { get; init; } = 5;

    /// <summary>All weights start uniform within this range; 0 chooses by each layer's size.</summary>
    public float InitialRange { get; init; } = 0.1f;

    /// <summary>
    /// How likely a stream's state is set to zero before a window. The states of a stream otherwise never begin anew, while a recogniser begins every
    /// utterance so: a few per cent teach the network to.
    /// </summary>
    public double ForgetRate { get; init; }

    /// <summary>Steps between evaluations; 0 evaluates after each epoch.</summary>
    public int EvaluationSteps { get; init; }

    /// <summary>Symbols of the valid text that an evaluation reads; 0 means all.</summary>
    public int EvaluationTokens { get; init; }

    /// <summary>Training ends when so many evaluations in a row were no better than the best; 0 never ends it early.</summary>
    public int Patience { get; init; }

    /// <summary>Chooses every random draw of the run.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Minutes between checkpoints; there is one after each evaluation in any case.</summary>
    public double CheckpointMinutes { get; init; } = 3;

    /// <summary>Training stops with an error after so many steps in a row whose loss or gradient was not finite.</summary>
    public int MaximumSkippedSteps { get; init; } = 20;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        Check(nameof(Epochs), Epochs, 1, 100_000);
        Check(nameof(MaximumSteps), MaximumSteps, 0, 1e12);
        Check(nameof(BatchSize), BatchSize, 1, 65536);
        Check(nameof(Window), Window, 1, 65536);
        if (!(LearningRate > 0 && LearningRate <= 1000))
            throw new ArgumentException($"{nameof(LearningRate)} is {LearningRate}; it must be above 0 and at most 1000.");
        Check(nameof(Momentum), Momentum, 0, 1);
        Check(nameof(WeightDecay), WeightDecay, 0, 1);
        Check(nameof(FullRateEpochs), FullRateEpochs, 0, 100_000);
        if (!(RateDecay is > 0 and <= 1))
            throw new ArgumentException($"{nameof(RateDecay)} is {RateDecay}; it must be above 0 and at most 1.");
        Check(nameof(WarmUpSteps), WarmUpSteps, 0, int.MaxValue);
        Check(nameof(ClipNorm), ClipNorm, 0, 1e9);
        Check(nameof(InitialRange), InitialRange, 0, 100);
        Check(nameof(ForgetRate), ForgetRate, 0, 1);
        Check(nameof(EvaluationSteps), EvaluationSteps, 0, int.MaxValue);
        Check(nameof(EvaluationTokens), EvaluationTokens, 0, int.MaxValue);
        Check(nameof(Patience), Patience, 0, 100_000);
        Check(nameof(CheckpointMinutes), CheckpointMinutes, 0, 1e6);
        Check(nameof(MaximumSkippedSteps), MaximumSkippedSteps, 1, 1_000_000);
        if (Optimiser is not ("adam" or "adamw" or "nesterov" or "sgd"))
            throw new ArgumentException($"{nameof(Optimiser)} is '{Optimiser}'; it must be sgd, nesterov, adam or adamw.");
        if (Schedule is not ("zaremba" or "cosine" or "constant" or "plateau"))
            throw new ArgumentException($"{nameof(Schedule)} is '{Schedule}'; it must be zaremba, cosine, constant or plateau.");
        if (Optimiser == "nesterov" && Momentum == 0)
            throw new ArgumentException($"{nameof(Momentum)} is 0; nesterov needs it above 0.");
    }

    /// <summary>The optimiser's own settings.</summary>
    internal OptimiserOptions ToOptimiserOptions() => Optimiser switch
    {
        "adam" => new AdamOptions { WeightDecay = WeightDecay },
        "adamw" => new AdamOptions { WeightDecay = WeightDecay, Decoupled = true },
        "nesterov" => new SgdOptions { Momentum = Momentum, Nesterov = true, WeightDecay = WeightDecay },
        _ => new SgdOptions { Momentum = Momentum, WeightDecay = WeightDecay },
    };

    private static void Check(string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentException($"{name} is {value}; it must be {low} to {high}.");
    }
}
