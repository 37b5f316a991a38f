namespace DeepSpeechNet.Speech.Training;

/// <summary>How a recogniser is trained. What is here is kept in checkpoints: a resumed run goes on with the same settings.</summary>
public sealed record SpeechTrainerOptions
{
    /// <summary>Passes over the training set.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>Utterances of a batch.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Seconds of sound of a batch at most, padding included; long utterances make smaller batches.</summary>
    public double BatchSeconds { get; init; } = 240;

    /// <summary>The highest learning rate.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>The optimiser: adam, adamw, nesterov or sgd.</summary>
    public string Optimiser { get; init; } = "adamw";

    /// <summary>Momentum of nesterov and sgd.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>Weight decay.</summary>
    public float WeightDecay { get; init; } = 1e-4f;

    /// <summary>
    /// How the learning rate goes on after the warm-up: cosine (half a cosine down to a hundredth), constant, plateau (halved where the dev error stalls
    /// for two epochs), or one-cycle (which has a rise of its own).
    /// </summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>The part of all steps over which the learning rate rises from zero.</summary>
    public double WarmUp { get; init; } = 0.05;

    /// <summary>Gradients are scaled down to this Euclidean norm; 0 leaves them.</summary>
    public float ClipNorm { get; init; } = 100;

    /// <summary>Each gradient is limited to this size before the norm is taken; 0 leaves them.</summary>
    public float ClipValue { get; init; }

    /// <summary>Decay of the moving average of the weights that is evaluated and saved in place of the last ones (<see cref="Engine.Training.WeightAverage"/>); 0 keeps none.</summary>
    public float WeightAverage { get; init; }

    /// <summary>Chooses every random draw of the run.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the first epoch goes from short to long utterances (SortaGrad, Amodei et al. 2016, section 3.3).</summary>
    public bool SortaGrad { get; init; } = true;

    /// <summary>
    /// How many recordings of more than one word, of those whose words' times are known, end early, at a place drawn at random, with the words before it as their
    /// text. 0 cuts none. It teaches a network that looks both ways to read the beginning of an utterance that is still going on.
    /// </summary>
    public double CutProbability { get; init; }

    /// <summary>How much the loss of the phones counts beside that of the letters, where the network has phones.</summary>
    public float PhoneWeight { get; init; } = 1;

    /// <summary>Training ends when the dev character error rate has not improved for so many epochs; 0 never ends it early.</summary>
    public int Patience { get; init; }

    /// <summary>Minutes between checkpoints within an epoch; there is one after each epoch in any case.</summary>
    public double CheckpointMinutes { get; init; } = 3;

    /// <summary>Training stops with an error after so many steps in a row whose loss or gradient was not finite.</summary>
    public int MaximumSkippedSteps { get; init; } = 20;

    /// <summary>Threads that prepare batches ahead of the training step.</summary>
    public int PreparationThreads { get; init; } = 1;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        Check(nameof(Epochs), Epochs, 1, 100_000);
        Check(nameof(BatchSize), BatchSize, 1, 4096);
        Check(nameof(BatchSeconds), BatchSeconds, 1, 1e6);
        Check(nameof(LearningRate), LearningRate, 0, 100);
        Check(nameof(Momentum), Momentum, 0, 1);
        Check(nameof(WeightDecay), WeightDecay, 0, 1);
        Check(nameof(WarmUp), WarmUp, 0, 1);
        Check(nameof(ClipNorm), ClipNorm, 0, 1e9);
        Check(nameof(ClipValue), ClipValue, 0, 1e9);
        Check(nameof(WeightAverage), WeightAverage, 0, 0.999999);
        Check(nameof(CutProbability), CutProbability, 0, 1);
        Check(nameof(PhoneWeight), PhoneWeight, 0, 1000);
        Check(nameof(Patience), Patience, 0, 100_000);
        Check(nameof(CheckpointMinutes), CheckpointMinutes, 0, 1e6);
        Check(nameof(MaximumSkippedSteps), MaximumSkippedSteps, 1, 1_000_000);
        Check(nameof(PreparationThreads), PreparationThreads, 1, 256);
        if (Optimiser is not ("adam" or "adamw" or "nesterov" or "sgd"))
            throw new ArgumentException($"{nameof(Optimiser)} is '{Optimiser}'; it must be adam, adamw, nesterov or sgd.");
        if (Schedule is not ("cosine" or "constant" or "plateau" or "one-cycle"))
            throw new ArgumentException($"{nameof(Schedule)} is '{Schedule}'; it must be cosine, constant, plateau or one-cycle.");
    }

    private static void Check(string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentException($"{name} is {value}; it must be {low} to {high}.");
    }
}
