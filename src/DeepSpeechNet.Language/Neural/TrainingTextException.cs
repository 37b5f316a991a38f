namespace DeepSpeechNet.Language.Neural;

/// <summary>A text cannot be trained on or scored; the message names the file and line, what is wrong, and what to do.</summary>
public sealed class TrainingTextException : Exception
{
    /// <summary>An exception with its sentence for people.</summary>
    public TrainingTextException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
