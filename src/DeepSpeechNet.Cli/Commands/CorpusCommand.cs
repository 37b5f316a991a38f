using System.CommandLine;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn corpus</c>: labelled recordings packed, checked, described, aligned and cut.</summary>
internal static class CorpusCommand
{
    public static Command Create(CommandConsole console) => new("corpus", "Pack, check, describe, align and cut labelled recordings.")
    {
        CorpusPackCommand.Create(console),
        CorpusCheckCommand.Create(console),
        CorpusInfoCommand.Create(console),
        CorpusAlignCommand.Create(console),
        CorpusWordsCommand.Create(console),
    };
}
