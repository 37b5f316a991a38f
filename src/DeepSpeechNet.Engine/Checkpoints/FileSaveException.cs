namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>A file could not be saved. The message is one sentence for people: which file, why, and what to do.</summary>
public sealed class FileSaveException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file that was to be saved.</param>
    /// <param name="message">The whole sentence.</param>
    /// <param name="inner">What the system reported.</param>
    public FileSaveException(string path, string message, Exception inner) : base(message, inner) => Path = path;

    /// <summary>The file that was to be saved.</summary>
    public string Path { get; }
}
