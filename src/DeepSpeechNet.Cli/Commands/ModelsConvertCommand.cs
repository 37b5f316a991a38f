using System.CommandLine;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Pronunciation;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn models convert</c>: the same model with its weights in another format, or with another training record.</summary>
internal sealed class ModelsConvertCommand
{
    private readonly Argument<string> _from = new("from") { Description = "A model package." };
    private readonly Argument<string> _to = new("to") { Description = "The folder of the new package." };
    private readonly Option<WeightFormat> _weights = new("--weights") { Description = "How weights are stored.", DefaultValueFactory = _ => WeightFormat.Float16 };
    private readonly Option<string?> _command = new("--training-command") { Description = "The command that its training record names." };
    private readonly Option<string?> _pronouncer = new("--pronouncer") { Description = "A folder of 'dsn train pronouncer' to put in, for a network with phones." };
    private readonly Option<bool> _lettersOnly = new("--letters-only") { Description = "Leave out phones and pronouncer." };
    private readonly Option<int> _beam = new("--beam") { Description = "Hypotheses that its prefix beam search keeps unless the user says otherwise; 1 means best path, 0 leaves what it says." };
    private readonly CommandConsole _console;

    private ModelsConvertCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        ModelsConvertCommand self = new(console);
        Command command = new("convert", "Store a model with its weights in another format.") { self._from, self._to, self._weights, self._command, self._beam, self._pronouncer, self._lettersOnly };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string from = parsed.GetRequiredValue(_from), to = parsed.GetRequiredValue(_to);
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        (AcousticModel model, ModelDescription description) = ModelPackage.Load(from, device);
        Pronouncer? pronouncer = parsed.GetValue(_lettersOnly) ? null
            : parsed.GetValue(_pronouncer) is { } folder ? Pronouncer.Load(folder, device)
            : ModelPackage.LoadPronouncer(from, device);
        if (parsed.GetValue(_lettersOnly) && description.Acoustic.Phones > 0)
        {
            description = description with { Acoustic = description.Acoustic with { Phones = 0 } };
            AcousticModel letters = new(device, description.Acoustic, model.Features, model.Classes, seed: null, training: false);
            letters.TryStartFrom(model);
            model = letters;
        }

        if (parsed.GetValue(_command) is { } command)
            description = description with { Training = description.Training with { Command = command } };
        if (parsed.GetValue(_beam) is var beam and not 0)
            description = description with { Decoder = description.Decoder with { BeamWidth = beam } };
        try
        {
            description.Decoder.Validate();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }

        UsageException.Check(() => ModelPackage.Save(to, model, description, parsed.GetValue(_weights), pronouncer));
        _console.Line($"{Path.Combine(to, ModelPackage.FileName)}: {new FileInfo(Path.Combine(to, ModelPackage.FileName)).Length / 1e6:F1} MB");
        return 0;
    }
}
