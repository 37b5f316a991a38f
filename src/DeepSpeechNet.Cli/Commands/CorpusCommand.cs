using System.CommandLine;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn corpus</c>: labelled recordings packed, checked, described and cut.</summary>
internal static class CorpusCommand
{
    public static Command Create(CommandConsole console) => new("corpus", "Pack, check, describe and cut labelled recordings.")
    {
        CorpusPackCommand.Create(console),
        CorpusCheckCommand.Create(console),
        CorpusInfoCommand.Create(console),
        CorpusWordsCommand.Create(console),
    };
}
