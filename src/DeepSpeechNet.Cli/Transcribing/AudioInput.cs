namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>One recording that a command line names.</summary>
/// <param name="Path">As the user gave it; for a file found in a folder, the folder as given and the rest.</param>
/// <param name="Relative">Where it lies under the folder that was searched: what an output folder mirrors.</param>
internal sealed record AudioInput(string Path, string Relative)
{
    /// <summary>What stands for the standard input on a command line.</summary>
    public const string StandardInput = "-";

    /// <summary>Whether it is the standard input.</summary>
    public bool IsStandardInput => Path == StandardInput;

    /// <summary>What messages call it.</summary>
    public string Name => IsStandardInput ? "standard input" : Path;
}
