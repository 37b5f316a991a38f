using System.CommandLine;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn language</c>: language models built, mixed, converted, measured, compared, and writing.</summary>
internal static class LanguageCommand
{
    public static Command Create(CommandConsole console) => new("language", "Build, mix, convert, measure and compare language models, or let them write.")
    {
        LanguageBuildCommand.Create(console),
        LanguageMixCommand.Create(console),
        LanguageConvertCommand.Create(console),
        LanguagePerplexityCommand.Create(console),
        LanguageCompareCommand.Create(console),
        LanguageGenerateCommand.Create(console),
    };
}
