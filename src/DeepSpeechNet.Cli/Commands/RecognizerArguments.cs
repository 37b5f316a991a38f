using System.CommandLine;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>The options of commands that recognise speech: which model, where it runs, how it decodes.</summary>
internal sealed class RecognizerArguments
{
    private readonly Option<string?> _model = new("--model", "-m") { Description = "A model package: a folder with model.safetensors. Default: the one shipped." };
    private readonly Option<string?> _device = new("--device") { Description = "Where the network runs (see 'dsn devices'). Default: cpu." };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads of the network; 0 means one per processor." };
    private readonly Option<int> _beam = new("--beam") { Description = "Hypotheses kept by the beam search; 1 takes the best path, 0 what the model says." };

    public void AddTo(Command command)
    {
        _device.AcceptOnlyFromAmong("cpu");
        command.Add(_model);
        command.Add(_device);
        command.Add(_threads);
        command.Add(_beam);
    }

    /// <summary>The width asked for; 0 for the model's own.</summary>
    public int Beam(ParseResult parsed) => parsed.GetValue(_beam);

    /// <summary>The package asked for.</summary>
    public string Model(ParseResult parsed) => parsed.GetValue(_model) ?? ModelArguments.Default;

    /// <summary>Loads the model.</summary>
    /// <exception cref="UsageException">The number of threads is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="Engine.Checkpoints.ModelFormatException">The model is damaged or of another format version.</exception>
    public Recognizer Load(ParseResult parsed)
    {
        int threads = parsed.GetValue(_threads);
        UsageException.Check(new Engine.Devices.Cpu.CpuDeviceOptions { Threads = threads }.Validate);
        return Recognizer.Load(Model(parsed), threads);
    }
}
