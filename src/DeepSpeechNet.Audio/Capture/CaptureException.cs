namespace DeepSpeechNet.Audio.Capture;

/// <summary>A microphone cannot be opened or has failed. The message says which, why and what to do.</summary>
public sealed class CaptureException : IOException
{
    /// <summary>A microphone failed.</summary>
    public CaptureException()
    {
    }

    /// <summary>A microphone failed.</summary>
    /// <param name="message">Which, why, and what to do.</param>
    public CaptureException(string message)
        : base(message)
    {
    }

    /// <summary>A microphone failed.</summary>
    /// <param name="message">Which, why, and what to do.</param>
    /// <param name="cause">What brought it to light.</param>
    public CaptureException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
