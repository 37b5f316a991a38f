namespace DeepSpeechNet.Engine.Training;

/// <summary>What a training run reports; each trainer has records of its own for steps and epochs.</summary>
public abstract record TrainingProgress;

/// <summary>Something a person should know: a skipped batch, a resumed checkpoint, a pause.</summary>
/// <param name="Text">One sentence.</param>
public sealed record TrainingMessage(string Text) : TrainingProgress;

/// <summary>How a run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All epochs are done.</summary>
    Finished,

    /// <summary>The development set has not improved for as long as was allowed.</summary>
    StoppedEarly,

    /// <summary>It was asked to stop; a checkpoint of the moment is saved.</summary>
    Interrupted,
}
