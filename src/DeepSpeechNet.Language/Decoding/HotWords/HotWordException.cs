namespace DeepSpeechNet.Language.Decoding.HotWords;

/// <summary>A list of hot words cannot be used; the message is one sentence for people, with file and line.</summary>
public sealed class HotWordException : Exception
{
    /// <summary>Creates the complaint.</summary>
    /// <param name="message">Which file and line, what is wrong, what to do.</param>
    /// <param name="innerException">What caused it, if another fault did.</param>
    public HotWordException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
