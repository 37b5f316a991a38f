using System.CommandLine;
using DeepSpeechNet.Audio;
using DeepSpeechNet.Cli.Commands;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Speech.Corpora;
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

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words after <c>dsn</c>.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        RootCommand root = new("DeepSpeechNet: speech to text, trainable, in C#.")
        {
            TrainCommand.Create(),
            DevicesCommand.Create(),
            ModelsCommand.Create(),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
                await Console.Error.WriteLineAsync($"dsn: {error.Message}").ConfigureAwait(false);
            await Console.Error.WriteLineAsync("See 'dsn --help'.").ConfigureAwait(false);
            return WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync($"dsn: {e.Message}").ConfigureAwait(false);
            return WrongUsage;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("dsn: interrupted").ConfigureAwait(false);
            return Failed;
        }
        catch (Exception e) when (IsForPeople(e))
        {
            await Console.Error.WriteLineAsync($"dsn: {e.Message}").ConfigureAwait(false);
            return Failed;
        }
    }

    /// <summary>Whether the message of an exception is a sentence for the user; anything else is a bug and shows where it came from.</summary>
    public static bool IsForPeople(Exception e) => e
        is AudioFormatException or ModelFormatException or FileSaveException or CorpusException or TrainingException
        or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or IOException or InvalidOperationException;
}

/// <summary>The command line asks for something that makes no sense: exit code 2.</summary>
public sealed class UsageException : Exception
{
    /// <summary>An exception with its sentence.</summary>
    public UsageException(string message)
        : base(message)
    {
    }
}
