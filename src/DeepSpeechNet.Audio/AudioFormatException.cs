namespace DeepSpeechNet.Audio;

/// <summary>
/// Audio content that cannot be used: not audio, damaged, or beyond a limit. The message is one sentence for a person and
/// starts with the name of the file. No other exception leaves a reader because of what a file contains; faults of the disk,
/// of permissions or of a connection stay <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>.
/// </summary>
public sealed class AudioFormatException : Exception
{
    /// <summary>Makes an exception whose message is <c>name: problem</c>.</summary>
    /// <param name="name">The file or source as its user knows it.</param>
    /// <param name="problem">What is wrong, where, and what to do.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public AudioFormatException(string name, string problem, Exception? inner = null)
        : base($"{name}: {problem}", inner)
    {
        Name = name;
        Problem = problem;
    }

    /// <summary>The file or source as its user knows it.</summary>
    public string Name { get; }

    /// <summary>What is wrong, without the name.</summary>
    public string Problem { get; }
}
