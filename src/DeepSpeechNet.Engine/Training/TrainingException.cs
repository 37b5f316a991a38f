namespace DeepSpeechNet.Engine.Training;

/// <summary>Training cannot go on; the message says why and what to do.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>An exception with its sentence for people.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }
}
