using System.CommandLine;
using DeepSpeechNet.Engine.Ilgpu;

namespace DeepSpeechNet.GpuCheck;

/// <summary>
/// Runs everything that is to be known of a graphics card in one command and prints it: which cards are there, every device test, whether recurrences
/// in one launch give the same bits as step by step, whether training takes the same steps as on the processor, where a step's time goes, and how fast products, recurrence, CTC and training are, beside PyTorch where a Python with it is named. Weights and data
/// are made up; it reads no file.
/// </summary>
internal static class Program
{
    private static readonly Option<string> Device = new("--device") { Description = "What to check: gpu, gpu:1 (the second card), cpu (speeds alone), or checker (ILGPU's processor accelerator: tests alone).", DefaultValueFactory = _ => "gpu" };
    private static readonly Option<string[]> Parts = new("--parts") { Description = "What to run: tests, recurrence, training, profile, speed. Default: all five.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Only = new("--only") { Description = "Tests whose name holds this, alone.", DefaultValueFactory = _ => "" };
    private static readonly Option<int> Hidden = new("--hidden") { Description = "Units of the Deep Speech network that is trained.", DefaultValueFactory = _ => 1024 };
    private static readonly Option<int> Batch = new("--batch") { Description = "Its recordings in a batch, of 10 s each.", DefaultValueFactory = _ => 32 };
    private static readonly Option<int> Repeats = new("--repeats") { Description = "How often each speed is measured; the best counts.", DefaultValueFactory = _ => 5 };
    private static readonly Option<string?> Python = new("--python") { Description = "A Python with PyTorch: the same steps there, on the same card, side by side." };

    public static int Main(string[] args)
    {
        RootCommand command = new("Check a graphics card: device tests, recurrences again and again, training against the processor, where a training step's time goes, speeds.") { Device, Parts, Only, Hidden, Batch, Repeats, Python };
        Parts.AcceptOnlyFromAmong("tests", "recurrence", "training", "profile", "speed");
        command.SetAction(Run);
        return command.Parse(args).Invoke();
    }

    private static int Run(ParseResult parsed)
    {
        string choice = parsed.GetRequiredValue(Device);
        HashSet<string> parts = [.. parsed.GetValue(Parts) is { Length: > 0 } named ? named : ["tests", "recurrence", "training", "profile", "speed"]];
        if (choice == "auto" || (choice != "checker" && !DeviceCatalog.IsChoice(choice)))
            return Refuse($"--device is '{choice}'; it must be gpu, gpu:1 (the second card), cpu or checker.", 2);
        foreach (DeviceEntry entry in DeviceCatalog.List())
            Console.WriteLine($"{entry.Name,-6} {entry.Description}{(entry.Obstacle is null ? "" : $": {entry.Obstacle}")}");
        Console.WriteLine();
        try
        {
            bool card = choice is not ("checker" or "cpu"), good = true;
            if (card)
                DeviceCatalog.Create(choice).Dispose();
            if (parts.Contains("tests") && choice != "cpu")
                good &= SuiteRunner.Run(card ? choice : null, parsed.GetRequiredValue(Only));
            if (parts.Contains("recurrence") && card)
                good &= RecurrenceCheck.Run(choice, parsed.GetValue(Hidden), parsed.GetValue(Batch));
            if (parts.Contains("training") && card)
                good &= TrainingCheck.Run(choice);
            if (parts.Contains("profile") && card)
                StepProfile.Run(choice, parsed.GetValue(Hidden), parsed.GetValue(Batch));
            if (parts.Contains("speed") && choice != "checker")
                SpeedTable.Run(choice, parsed.GetValue(Hidden), parsed.GetValue(Batch), parsed.GetValue(Repeats), parsed.GetValue(Python));
            return good ? 0 : 1;
        }
        catch (DeviceUnavailableException e)
        {
            return Refuse(e.Message, 1);
        }
        catch (OutOfDeviceMemoryException e)
        {
            return Refuse(e.Message, 1);
        }
    }

    private static int Refuse(string message, int exit)
    {
        Console.Error.WriteLine($"dsn-gpu-check: {message}");
        return exit;
    }
}
