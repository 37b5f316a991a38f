namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>Ends the decoding of a frame; <see cref="FlacReader"/> turns it into a warning or an <see cref="AudioFormatException"/>.</summary>
internal sealed class FlacFaultException : Exception
{
    public FlacFaultException(string problem, bool truncated = false)
        : base(problem)
    {
        Truncated = truncated;
    }

    /// <summary>Whether the stream ended, rather than held something wrong.</summary>
    public bool Truncated { get; }
}
