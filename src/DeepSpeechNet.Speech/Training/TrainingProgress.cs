using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Speech.Training;

/// <summary>After each step.</summary>
/// <param name="Epoch">From 1 on.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="Batches">Batches of this epoch.</param>
/// <param name="Loss">Mean loss of an utterance over the epoch so far, in nats.</param>
/// <param name="GradientNorm">Euclidean norm of the last step's gradients before clipping.</param>
/// <param name="LearningRate">The last step's.</param>
/// <param name="UtterancesPerSecond">Since the run began, evaluation left out.</param>
/// <param name="AudioSecondsPerSecond">Likewise.</param>
/// <param name="TimeLeft">Estimated until the last epoch's end.</param>
public sealed record StepProgress(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    double Loss,
    double GradientNorm,
    double LearningRate,
    double UtterancesPerSecond,
    double AudioSecondsPerSecond,
    TimeSpan TimeLeft) : TrainingProgress;

/// <summary>After each epoch.</summary>
/// <param name="Epoch">From 1 on.</param>
/// <param name="Loss">Mean training loss of an utterance.</param>
/// <param name="DevLoss">Mean loss of an utterance of the development set; NaN where there is none.</param>
/// <param name="CharacterErrorRate">On the development set.</param>
/// <param name="WordErrorRate">On the development set.</param>
/// <param name="Best">Whether this is the best so far, and was saved as such.</param>
/// <param name="Elapsed">Since the run began, earlier parts of a resumed run included.</param>
/// <param name="SkippedSteps">Steps of this epoch that changed nothing because a loss or gradient was not finite.</param>
public sealed record EpochProgress(
    int Epoch, double Loss, double DevLoss, double CharacterErrorRate, double WordErrorRate, bool Best, TimeSpan Elapsed, int SkippedSteps) : TrainingProgress
{
    /// <summary>Phones that are wrong on the development set, of all that were said; NaN for a network without phones.</summary>
    public double PhoneErrorRate { get; init; } = double.NaN;
}
