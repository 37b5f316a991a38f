using System.CommandLine;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>
/// <c>dsn models average</c>: one model whose weights are the means of several trained from the same start, which is often better than each of them (Wortsman
/// et al. 2022, "Model soups").
/// </summary>
internal sealed class ModelsAverageCommand
{
    private readonly Argument<string[]> _models = new("models") { Description = "Model packages of one network, or folders of neural language models: one trained on from the other, or all from the same start.", Arity = new ArgumentArity(2, 100) };
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
        string file = File.Exists(Path.Combine(paths[0], LanguageModelPackage.FileName)) ? Language(paths, folder, device) : Acoustic(paths, folder, device);
        _console.Line($"{file}: the mean of {paths.Length} models, {new FileInfo(file).Length / 1e6:F1} MB");
        return 0;
    }

    private static string Acoustic(string[] paths, string folder, CpuDevice device)
    {
        List<(AcousticModel Model, ModelDescription Description)> models = [.. paths.Select(path => ModelPackage.Load(path, device))];
        (AcousticModel model, ModelDescription description) = models[0];
        for (int i = 1; i < paths.Length; i++)
        {
            ModelDescription its = models[i].Description;
            if (its.Acoustic with { Dropout = description.Acoustic.Dropout } != description.Acoustic || its.FrontEnd != description.FrontEnd || its.Alphabet.Symbols != description.Alphabet.Symbols)
                throw new UsageException($"{paths[i]} and {paths[0]} differ in network, front end or alphabet: average models of one shape alone.");
        }

        SetMean([.. models.Select(m => m.Model.Parameters)]);

        // What the first one's run measured does not hold for the mean.
        TrainingRecord record = description.Training with { Command = TrainingArguments.CommandLine, DevCharacterErrorRate = 0, DevWordErrorRate = 0 };
        ModelPackage.Save(folder, model, description with { Training = record });
        return Path.Combine(folder, ModelPackage.FileName);
    }

    private static string Language(string[] paths, string folder, CpuDevice device)
    {
        List<(NeuralLanguageModel Model, LanguageModelDescription Description)> models = [.. paths.Select(path => LanguageModelPackage.Load(path, device))];
        (NeuralLanguageModel model, LanguageModelDescription description) = models[0];
        for (int i = 1; i < paths.Length; i++)
        {
            LanguageModelDescription its = models[i].Description;
            if (its.Options with { Dropout = description.Options.Dropout } != description.Options || !its.Tokens.Matches(description.Tokens))
                throw new UsageException($"{paths[i]} and {paths[0]} differ in network or symbols: average models of one shape alone.");
        }

        SetMean([.. models.Select(m => m.Model.Parameters)]);
        LanguageTrainingRecord record = description.Training with { Command = TrainingArguments.CommandLine, ValidPerplexity = 0 };
        LanguageModelPackage.Save(folder, model, description with { Training = record });
        return Path.Combine(folder, LanguageModelPackage.FileName);
    }

    /// <summary>Gives the first set the means of all.</summary>
    private static void SetMean(IReadOnlyList<ParameterSet> sets)
    {
        for (int p = 0; p < sets[0].Parameters.Count; p++)
        {
            float[] sum = ParameterSet.Get(sets[0].Parameters[p]);
            foreach (ParameterSet set in sets.Skip(1))
            {
                float[] values = ParameterSet.Get(set.Parameters[p]);
                for (int i = 0; i < sum.Length; i++)
                    sum[i] += values[i];
            }

            for (int i = 0; i < sum.Length; i++)
                sum[i] /= sets.Count;
            ParameterSet.Set(sets[0].Parameters[p], sum);
        }
    }
}
