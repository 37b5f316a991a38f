using System.CommandLine;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>
/// <c>dsn models average</c>: one model whose weights are the means of several trained from the same start, which is often better than each of them (Wortsman
/// et al. 2022, "Model soups").
/// </summary>
internal sealed class ModelsAverageCommand
{
    private readonly Argument<string[]> _models = new("models") { Description = "Model packages of one network: one trained on from the other, or all from the same start.", Arity = new ArgumentArity(2, 100) };
    private readonly Option<string> _out = new("--out") { Description = "The folder of the new package; all but its weights is the first one's.", Required = true };
    private readonly CommandConsole _console;

    private ModelsAverageCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        ModelsAverageCommand self = new(console);
        Command command = new("average", "Make one model of the mean weights of several that were trained from the same start.") { self._models, self._out };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string[] paths = parsed.GetRequiredValue(_models);
        string folder = parsed.GetRequiredValue(_out);
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        (AcousticModel model, ModelDescription description) = ModelPackage.Load(paths[0], device);
        float[][] sums = [.. model.Parameters.Parameters.Select(ParameterSet.Get)];
        foreach (string path in paths.Skip(1))
        {
            (AcousticModel other, ModelDescription its) = ModelPackage.Load(path, device);
            if (its.Acoustic with { Dropout = description.Acoustic.Dropout } != description.Acoustic || its.FrontEnd != description.FrontEnd || its.Alphabet.Symbols != description.Alphabet.Symbols)
                throw new UsageException($"{path} and {paths[0]} differ in network, front end or alphabet: average models of one shape alone.");
            foreach ((Parameter parameter, float[] sum) in other.Parameters.Parameters.Zip(sums))
            {
                float[] values = ParameterSet.Get(parameter);
                for (int i = 0; i < sum.Length; i++)
                    sum[i] += values[i];
            }
        }

        foreach ((Parameter parameter, float[] sum) in model.Parameters.Parameters.Zip(sums))
        {
            for (int i = 0; i < sum.Length; i++)
                sum[i] /= paths.Length;
            ParameterSet.Set(parameter, sum);
        }

        // What the first one's run measured does not hold for the mean.
        TrainingRecord record = description.Training with { Command = TrainingArguments.CommandLine, DevCharacterErrorRate = 0, DevWordErrorRate = 0 };
        ModelPackage.Save(folder, model, description with { Training = record });
        _console.Line($"{Path.Combine(folder, ModelPackage.FileName)}: the mean of {paths.Length} models, {new FileInfo(Path.Combine(folder, ModelPackage.FileName)).Length / 1e6:F1} MB");
        return 0;
    }
}
