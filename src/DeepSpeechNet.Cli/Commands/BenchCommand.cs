using System.CommandLine;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Cli.Benching;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Language;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn bench</c>: how fast this machine recognises, in half a minute.</summary>
internal sealed class BenchCommand
{
    private const int MatrixSize = 1024, Batch = 16, CtcFrames = 250, CtcLetters = 80;

    private readonly Option<string?> _model = new("--model", "-m") { Description = "The model to measure. Default: the one shipped; where there is none, a network of the default shape with random weights." };
    private readonly DeviceArguments _device = new();
    private readonly Option<double> _seconds = new("--seconds") { Description = "Time for each of the five measurements.", DefaultValueFactory = _ => 4 };
    private readonly Option<bool> _trace = new("--trace") { Description = "Show how many kernels the device launches for each (none on the processor)." };
    private readonly CommandConsole _console;

    private BenchCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        BenchCommand self = new(console);
        Command command = new("bench", "Measure how fast this machine recognises; takes half a minute.") { self._model, self._seconds, self._trace };
        self._device.AddTo(command);
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        double seconds = parsed.GetValue(_seconds);
        if (seconds is not (> 0 and <= 3600))
            throw new UsageException($"--seconds is {seconds}; it must be above 0 and at most 3600.");
        using Device device = _device.Create(parsed);
        (AcousticModel model, ModelDescription description, string name) = Load(parsed.GetValue(_model), device);
        MachineBench bench = new(model, description, TimeSpan.FromSeconds(seconds));

        AcousticModelOptions shape = model.Options;
        _console.Out.WriteLine($"{Processor.Name}; {device.Description}; .NET {Environment.Version}");
        _console.Out.WriteLine(
            $"{name}: {model.Parameters.TrainedCount / 1e6:F2} M parameters, {shape.DenseLayers} x {shape.Hidden} dense, {shape.RecurrentLayers} x {shape.Cell} {(shape.RecurrentHidden == 0 ? shape.Hidden : shape.RecurrentHidden)}");
        _console.Out.WriteLine();
        bool trace = parsed.GetValue(_trace);
        TextTable table = trace ? new("measured", "figure", "unit", "launches") : new("measured", "figure", "unit");
        Add($"matrix product of {MatrixSize} x {MatrixSize}", $"{bench.MatrixProduct(MatrixSize) / 1e9:F0}", "GFLOP/s");
        Add("front end, one thread", $"{bench.FrontEnd():F0}", "x real time");
        Add($"network, {MachineBench.ClipSeconds} s of speech alone", $"{bench.Network(1):F0}", "x real time");
        Add($"network, {Batch} such together", $"{bench.Network(Batch):F0}", "x real time");
        Add($"CTC with gradient, {Batch} texts of {CtcLetters} letters, {CtcFrames} frames", $"{1e3 * bench.CtcLoss(CtcFrames, Batch, CtcLetters):F2}", "ms");
        _console.EndProgress();
        table.Write(_console.Out);
        return 0;

        // Shows on a terminal that the work goes on.
        void Add(string measured, string figure, string unit)
        {
            _console.Progress($"... {figure}");
            table.Add(trace ? [measured, figure, unit, $"{bench.Launches}"] : [measured, figure, unit]);
        }
    }

    private static (AcousticModel Model, ModelDescription Description, string Name) Load(string? package, Device device)
    {
        string name = ModelArguments.Package(package);
        if (package is not null || Directory.Exists(name))
        {
            (AcousticModel model, ModelDescription description) = ModelPackage.Load(name, device);
            return (model, description, name);
        }

        ModelDescription random = new() { Alphabet = Alphabet.English, FrontEnd = new FrontEndOptions(), Acoustic = new AcousticModelOptions() };
        int features = new FeatureExtractor(random.FrontEnd).FeatureCount;
        return (new AcousticModel(device, random.Acoustic, features, random.Alphabet.ClassCount, seed: 1, training: false), random, "random weights (no model is there)");
    }
}
