using System.CommandLine;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.Packages;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn models</c>: what model packages there are and what they say of themselves.</summary>
internal sealed class ModelsCommand
{
    private readonly Argument<string> _folder = new("folder") { Description = "A folder of model packages, or one package.", DefaultValueFactory = _ => ModelArguments.Folder };

    private readonly CommandConsole _console;

    private ModelsCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        ModelsCommand self = new(console);
        Command command = new("models", "List model packages.") { self._folder, ModelsAverageCommand.Create(console), ModelsConvertCommand.Create(console), ModelsLanguageCommand.Create(console) };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string folder = parsed.GetRequiredValue(_folder);
        string[] packages = File.Exists(Path.Combine(folder, ModelPackage.FileName))
            ? [folder]
            : Directory.Exists(folder)
                ? [.. Directory.EnumerateDirectories(folder).Where(d => File.Exists(Path.Combine(d, ModelPackage.FileName))).Order(StringComparer.Ordinal)]
                : throw new UsageException($"There is no folder {folder}.");
        if (packages.Length == 0)
            throw new UsageException($"{folder} holds no model packages (folders with a {ModelPackage.FileName}).");
        int exit = 0;
        foreach (string package in packages)
        {
            try
            {
                if (Language(package) is { } language)
                {
                    _console.Out.WriteLine(language);
                    continue;
                }

                (ModelDescription model, long parameters, long bytes) = ModelPackage.Inspect(package);
                AcousticModelOptions shape = model.Acoustic;
                _console.Out.WriteLine(
                    $"{package}\t{bytes / 1e6:F1} MB, {parameters / 1e6:F2} M parameters, {shape.RecurrentLayers} x {shape.Cell} {(shape.RecurrentHidden == 0 ? shape.Hidden : shape.RecurrentHidden)}, " +
                    $"a frame each {1000 * model.FrontEnd.HopSeconds * shape.Stride:F0} ms, {model.Alphabet.Size} letters, dev CER {model.Training.DevCharacterErrorRate:P2}, WER {model.Training.DevWordErrorRate:P2}");
            }
            catch (ModelFormatException e)
            {
                _console.Say(e.Message);
                exit = DsnCommand.Failed;
            }
        }

        return exit;
    }

    /// <summary>What a package of language models alone is; null for any other.</summary>
    private static string? Language(string package)
    {
        string file = Path.Combine(package, ModelPackage.FileName);
        using TensorFile tensors = TensorFile.Map(file);
        if (tensors.Metadata.ContainsKey("acoustic") || !LanguagePackage.IsIn(tensors))
            return null;
        List<string> parts = [];
        if (tensors.TryGet(LanguagePackage.NGramTensor, out TensorEntry? table))
            parts.Add($"n-grams of {table.Bytes / 1e6:F1} MB");
        foreach ((LanguageUnit unit, string root) in LanguagePackage.NeuralIn(tensors))
        {
            long weights = ParameterTensors.Count(tensors, LanguageModelPackage.WeightPrefix(root));
            parts.Add($"a neural model of {(unit == LanguageUnit.Words ? "words" : "characters")}, {weights / 1e6:F2} M parameters");
        }

        return $"{package}\t{new FileInfo(file).Length / 1e6:F1} MB, language models: {string.Join(" and ", parts)}";
    }
}
