using System.CommandLine;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn train</c>: what can be trained.</summary>
internal static class TrainCommand
{
    public static Command Create(CommandConsole console) => new("train", "Train a model.")
    {
        TrainSpeechCommand.Create(console), TrainLanguageCommand.Create(console), TrainSpellingCommand.Create(console), TrainPronouncerCommand.Create(console),
    };
}
