using System.CommandLine;
using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>What every training run has on its command line, and how it is shown, interrupted and ended.</summary>
internal sealed class TrainingArguments(CommandConsole console)
{
    private readonly Option<string> _out = new("--out") { Description = "Folder for the model, its checkpoints and its log.", Required = true };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the last checkpoint in the output folder." };
    private readonly DeviceArguments _device = new();

    /// <summary>Shows the run.</summary>
    public TrainingDisplay Display { get; } = new(console);

    /// <summary>The command that was given, for the model's record.</summary>
    public static string CommandLine => "dsn " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1));

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_out, _resume])
            command.Add(option);
        _device.AddTo(command);
    }

    /// <summary>The output folder.</summary>
    /// <exception cref="UsageException">An earlier run has left checkpoints there, and it is not to go on.</exception>
    public string Folder(ParseResult parsed)
    {
        string folder = parsed.GetRequiredValue(_out);
        return !new RunFolder(folder).HasCheckpoints || Resumes(parsed)
            ? folder
            : throw new UsageException($"{folder} holds checkpoints of an earlier run: add --resume to go on with it, or give another folder.");
    }

    /// <summary>Whether an earlier run is to go on.</summary>
    public bool Resumes(ParseResult parsed) => parsed.GetValue(_resume);

    /// <summary>The device to train on.</summary>
    /// <exception cref="UsageException">An option is out of its range.</exception>
    /// <exception cref="Engine.Ilgpu.DeviceUnavailableException">There is no such card.</exception>
    public Device Device(ParseResult parsed) => _device.Create(parsed);

    /// <summary>Trains until the end or an interruption (SIGINT, SIGTERM), which lets the step under way finish, and says how it ended.</summary>
    /// <param name="folder">The output folder.</param>
    /// <param name="train">Trains until the token says stop.</param>
    /// <param name="stalled">What has not become better when the run stops early, with "the" and "for ...".</param>
    /// <param name="cancellationToken">Interrupts as a signal does.</param>
    public async Task<int> RunAsync(string folder, Func<CancellationToken, Task<TrainingOutcome>> train, string stalled, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        TrainingOutcome outcome = await train(stop.Token).ConfigureAwait(false);
        Display.Line(outcome switch
        {
            TrainingOutcome.Finished => $"Finished; the best model is in {folder}.",
            TrainingOutcome.StoppedEarly => $"Stopped early: {stalled}; the best model is in {folder}.",
            _ => "Interrupted and saved; go on with the same command and --resume.",
        });
        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            Display.Line("Stopping after this step ...");
            stop.Cancel();
        }
    }
}
