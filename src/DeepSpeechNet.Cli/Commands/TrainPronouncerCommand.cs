using System.CommandLine;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn train pronouncer</c>: learns from a pronouncing dictionary how words are spoken.</summary>
internal sealed class TrainPronouncerCommand
{
    private static readonly PronouncerTrainerOptions Defaults = new();
    private static readonly PronouncerOptions Shape = new();

    private readonly Option<string[]> _dictionary = new("--dictionary") { Description = "Pronouncing dictionaries of CMUdict's form, .gz too.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _frequent = new("--frequent") { Description = "Texts, .gz too, whose most frequent words count more.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _frequentCount = new("--frequent-words") { Description = "How many words are frequent.", DefaultValueFactory = _ => 20_000 };
    private readonly Option<int> _frequentTimes = new("--frequent-times") { Description = "How often these come in an epoch in which others come once.", DefaultValueFactory = _ => Defaults.FrequentTimes };
    private readonly Option<int> _epochs = new("--epochs") { Description = "Passes over the dictionary.", DefaultValueFactory = _ => Defaults.Epochs };
    private readonly Option<int> _batch = new("--batch") { Description = "Words of a batch.", DefaultValueFactory = _ => Defaults.BatchSize };
    private readonly Option<float> _rate = new("--learning-rate") { Description = "The highest learning rate.", DefaultValueFactory = _ => Defaults.LearningRate };
    private readonly Option<int> _hidden = new("--hidden") { Description = "H: units of a recurrent direction.", DefaultValueFactory = _ => Shape.Hidden };
    private readonly Option<int> _layers = new("--layers") { Description = "Recurrent layers.", DefaultValueFactory = _ => Shape.Layers };
    private readonly Option<int> _embedding = new("--embedding") { Description = "E: features of a letter.", DefaultValueFactory = _ => Shape.Embedding };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Chooses every random draw.", DefaultValueFactory = _ => Defaults.Seed };
    private readonly Option<WeightFormat> _weights = new("--weights") { Description = "How weights are stored.", DefaultValueFactory = _ => WeightFormat.Float16 };
    private readonly Option<string> _out = new("--out") { Description = "Folder for the pronouncer, which is saved after each epoch.", Required = true };
    private readonly DeviceArguments _device = new();
    private readonly CommandConsole _console;

    private TrainPronouncerCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        TrainPronouncerCommand self = new(console);
        Command command = new("pronouncer", "Learn from a pronouncing dictionary how words are spoken.")
        {
            self._dictionary, self._frequent, self._frequentCount, self._frequentTimes, self._epochs, self._batch, self._rate, self._hidden, self._layers, self._embedding,
            self._seed, self._weights, self._out,
        };
        self._device.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        PronouncerTrainerOptions options = new()
        {
            Epochs = parsed.GetValue(_epochs),
            BatchSize = parsed.GetValue(_batch),
            LearningRate = parsed.GetValue(_rate),
            FrequentTimes = parsed.GetValue(_frequentTimes),
            Seed = parsed.GetValue(_seed),
        };
        PronouncerOptions shape = new() { Hidden = parsed.GetValue(_hidden), Layers = parsed.GetValue(_layers), Embedding = parsed.GetValue(_embedding) };
        UsageException.Check(options.Validate);
        UsageException.Check(shape.Validate);
        Pronunciations dictionary = TextArguments.Pronunciations(parsed.GetRequiredValue(_dictionary), _console);
        string[] frequent = Frequent(parsed.GetValue(_frequent) ?? [], parsed.GetValue(_frequentCount), cancellationToken);
        string folder = parsed.GetRequiredValue(_out);
        WeightFormat format = parsed.GetValue(_weights);

        using Device device = _device.Create(parsed);
        PronouncerTrainer trainer = new(device, dictionary, frequent, shape, options);
        TrainingDisplay display = new(_console);
        display.Line($"{dictionary.Words.Count} words, {trainer.Frequent.Count} of them frequent, {trainer.HeldOut.Count} held out; {trainer.Pronouncer.Phones.Count} phones; {trainer.Pronouncer.ParameterCount:N0} parameters; {device.Description}");
        trainer.Run(
            display,
            (epoch, loss) =>
            {
                trainer.Pronouncer.Save(folder, format);
                display.Line($"epoch {epoch}: loss {loss:F3}; held out: {Text(trainer.Measure(trainer.HeldOut))}; frequent: {Text(trainer.Measure(trainer.Frequent))}");
            },
            cancellationToken);
        display.Line($"Finished; the pronouncer is in {folder}.");
        return Task.FromResult(0);
    }

    private static string Text(PronouncerAccuracy accuracy) =>
        accuracy.Words == 0 ? "none" : $"{accuracy.Right / (double)accuracy.Words:P1} of words right, {accuracy.Phones.Rate:P2} of phones wrong";

    private string[] Frequent(string[] files, int most, CancellationToken cancellationToken)
    {
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (string file in files)
        {
            using StreamReader reader = TextArguments.Open(file, _console);
            while (reader.ReadLine() is { } line)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (string word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }

        return [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(most).Select(c => c.Key)];
    }
}
