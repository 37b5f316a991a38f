using System.CommandLine;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn language</c>: n-gram language models built, converted and measured.</summary>
internal static class LanguageCommand
{
    public static Command Create(CommandConsole console) => new("language", "Build, convert and measure n-gram language models.")
    {
        LanguageBuildCommand.Create(console),
        LanguageConvertCommand.Create(console),
        LanguagePerplexityCommand.Create(console),
    };
}
