using System.CommandLine;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn corpus</c>: labelled recordings packed, checked and described.</summary>
internal static class CorpusCommand
{
    public static Command Create(CommandConsole console) => new("corpus", "Pack, check and describe labelled recordings.")
    {
        CorpusPackCommand.Create(console),
        CorpusCheckCommand.Create(console),
        CorpusInfoCommand.Create(console),
    };
}
