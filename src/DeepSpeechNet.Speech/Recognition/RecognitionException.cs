namespace DeepSpeechNet.Speech.Recognition;

/// <summary>A session cannot go on, because recognising one of its utterances failed.</summary>
public sealed class RecognitionException : Exception
{
    /// <summary>A session cannot go on.</summary>
    public RecognitionException()
    {
    }

    /// <summary>A session cannot go on.</summary>
    /// <param name="message">What failed.</param>
    public RecognitionException(string message)
        : base(message)
    {
    }

    /// <summary>A session cannot go on.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="cause">Why.</param>
    public RecognitionException(string message, Exception cause)
        : base(message, cause)
    {
    }

    internal RecognitionException(Exception cause)
        : this($"The session ended because an utterance could not be recognised: {cause.Message}", cause)
    {
    }
}
