using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>After each step of training a language model.</summary>
/// <param name="Epoch">From 1 on.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Batch">Steps done in this epoch.</param>
/// <param name="Batches">Steps of this epoch.</param>
/// <param name="Perplexity">Of the training text since the last evaluation.</param>
/// <param name="GradientNorm">Euclidean norm of the last step's gradients before clipping.</param>
/// <param name="LearningRate">The last step's.</param>
/// <param name="TokensPerSecond">Words or characters a second since the run began or was resumed, evaluation left out.</param>
/// <param name="Done">The part of all steps that is done, 0 to 1.</param>
/// <param name="TimeLeft">Estimated until the last step.</param>
public sealed record LanguageStepProgress(
    int Epoch, int Epochs, int Batch, int Batches, double Perplexity, double GradientNorm, double LearningRate, double TokensPerSecond, double Done, TimeSpan TimeLeft) : TrainingProgress;

/// <summary>After each evaluation.</summary>
/// <param name="Epoch">From 1 on.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Perplexity">Of the training text since the evaluation before.</param>
/// <param name="ValidPerplexity">Of the valid text; NaN where there is none.</param>
/// <param name="ValidBits">Bits a symbol of the valid text; NaN where there is none.</param>
/// <param name="Best">Whether this is the best so far, and was saved as such.</param>
/// <param name="Elapsed">Since the run began, earlier parts of a resumed run included.</param>
/// <param name="SkippedSteps">Steps since the evaluation before that changed nothing because a loss or gradient was not finite.</param>
public sealed record LanguageEvaluationProgress(
    int Epoch, long Step, double Perplexity, double ValidPerplexity, double ValidBits, bool Best, TimeSpan Elapsed, int SkippedSteps) : TrainingProgress;
