using System.CommandLine;
using DeepSpeechNet.Audio;
using DeepSpeechNet.Cli.Commands;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Ilgpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Training;

namespace DeepSpeechNet.Cli;

/// <summary>
/// The command <c>dsn</c>: results on standard output, everything else on standard error; exit code 0 for success, 1 for failed work, 2 for wrong usage.
/// </summary>
public static class DsnCommand
{
    /// <summary>Work failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int WrongUsage = 2;

    // A server that is told to stop delivers what it owes; other commands end at once or save within the usual time.
    private static readonly TimeSpan ServerStop = TimeSpan.FromSeconds(60);

    private const int LinuxNoSpace = 28, WindowsDiskFull = unchecked((int)0x80070070);

    private static readonly (string Name, Func<CommandConsole, Command> Create)[] Commands =
    [
        ("transcribe", TranscribeCommand.Create),
        ("listen", ListenCommand.Create),
        ("serve", ServeCommand.Create),
        ("evaluate", EvaluateCommand.Create),
        ("explain", ExplainCommand.Create),
        ("tune", TuneCommand.Create),
        ("train", TrainCommand.Create),
        ("language", LanguageCommand.Create),
        ("correct", CorrectCommand.Create),
        ("pronounce", PronounceCommand.Create),
        ("corpus", CorpusCommand.Create),
        ("bench", BenchCommand.Create),
        ("devices", DevicesCommand.Create),
        ("models", ModelsCommand.Create),
    ];

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words after <c>dsn</c>.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] args) => RunAsync(args, CommandConsole.OfProcess());

    /// <summary>Runs a command line that reads and writes elsewhere than the process does.</summary>
    internal static async Task<int> RunAsync(string[] args, CommandConsole console)
    {
        ArgumentNullException.ThrowIfNull(args);
        ParseResult parsed = Root(args, console).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
                console.Say(error.Message);
            console.Line($"See '{HelpOf(parsed.CommandResult)} --help'.");
            return WrongUsage;
        }

        try
        {
            InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false, Output = console.Out, Error = console.Error };
            if (parsed.CommandResult.Command.Name == "serve")
                configuration.ProcessTerminationTimeout = ServerStop;
            int exit = await parsed.InvokeAsync(configuration).ConfigureAwait(false);
            await console.Out.FlushAsync().ConfigureAwait(false);
            return exit;
        }
        catch (UsageException e)
        {
            console.Say(e.Message);
            return WrongUsage;
        }
        catch (OperationCanceledException)
        {
            console.Say("interrupted");
            return Failed;
        }
        catch (IOException e) when (e is not FileSaveException && e.HResult is LinuxNoSpace or WindowsDiskFull)
        {
            console.Say("The disk is full: free some space and try again.");
            return Failed;
        }
        catch (Exception e) when (IsForPeople(e))
        {
            console.Say(e.Message);
            return Failed;
        }
    }

    /// <summary>Whether the message of an exception is a sentence for the user; anything else is a bug and shows where it came from.</summary>
    public static bool IsForPeople(Exception e) => e
        is AudioFormatException or RecognitionException or HotWordException or ModelFormatException or FileSaveException or CorpusException or TrainingException or LanguageTextException or InvalidDataException
        or DeviceUnavailableException or OutOfDeviceMemoryException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or IOException;

    /// <summary>The commands; where the first word names one, that one alone, since making all of them would delay the start.</summary>
    private static RootCommand Root(string[] args, CommandConsole console)
    {
        RootCommand root = new("DeepSpeechNet: speech to text, trainable, in C#.");
        bool named = args.Length > 0 && Array.Exists(Commands, c => c.Name == args[0]);
        foreach ((string name, Func<CommandConsole, Command> create) in Commands)
        {
            if (!named || name == args[0])
                root.Add(create(console));
        }

        return root;
    }

    private static string HelpOf(System.CommandLine.Parsing.CommandResult? result)
    {
        List<string> words = [];
        for (; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
            words.Add(result.Command is RootCommand ? "dsn" : result.Command.Name);
        words.Reverse();
        return string.Join(' ', words);
    }
}
