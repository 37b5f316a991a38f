using System.CommandLine;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.Packages;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn models language</c>: an n-gram model and a neural one in one package.</summary>
internal sealed class ModelsLanguageCommand
{
    private readonly Option<string?> _ngram = new("--ngram") { Description = "An n-gram model (ARPA or binary), or a package with one." };
    private readonly Option<string[]> _rnn = new("--rnn") { Description = "Neural language models: folders that 'dsn train language' wrote, or packages, whose neural models are taken where no folder has one of their kind; one of characters, one of words, or both.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _out = new("--out") { Description = "The folder of the package.", Required = true };
    private readonly Option<WeightFormat> _weights = new("--weights") { Description = "How the weights of neural models are stored.", DefaultValueFactory = _ => WeightFormat.Float16 };
    private readonly CommandConsole _console;

    private ModelsLanguageCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        ModelsLanguageCommand self = new(console);
        Command command = new("language", "Put language models into one package, which recognisers take.") { self._ngram, self._rnn, self._out, self._weights };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string? ngramPath = parsed.GetValue(_ngram);
        string[] rnnPaths = parsed.GetValue(_rnn) ?? [];
        if (ngramPath is null && rnnPaths.Length == 0)
            throw new UsageException("A package of language models needs one: give --ngram, --rnn or both.");
        string folder = parsed.GetRequiredValue(_out);
        using LanguagePackage? counted = ngramPath is null ? null : LanguagePackage.Load(ngramPath);
        if (counted is { NGram: null })
            throw new UsageException($"{counted.Name} holds no n-gram model: give --ngram one that does, or leave it out.");
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        List<(NeuralLanguageModel Model, LanguageModelDescription Description)> neural = [], packaged = [];
        foreach (string path in rnnPaths)
            (LanguagePackage.IsAt(path) ? packaged : neural).AddRange(LanguagePackage.LoadNeural(path, device));
        neural.AddRange(packaged.Where(p => !neural.Exists(n => n.Description.Options.Unit == p.Description.Options.Unit)).ToList());
        if (neural.DistinctBy(n => n.Description.Options.Unit).Count() < neural.Count)
            throw new UsageException("--rnn names two models of the same kind: a package holds one of characters and one of words.");
        LanguagePackage.Save(folder, counted?.NGram, neural, parsed.GetValue(_weights));
        string file = Path.Combine(folder, LanguagePackage.FileName);
        _console.Line($"{file}: {new FileInfo(file).Length / 1e6:F1} MB");
        return 0;
    }
}
