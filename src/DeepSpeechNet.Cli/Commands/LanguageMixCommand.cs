using System.CommandLine;
using DeepSpeechNet.Cli.Languages;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn language mix</c>: one n-gram model of several, such as a general one and that of a trade.</summary>
internal sealed class LanguageMixCommand
{
    private readonly Argument<string[]> _models = new("models") { Description = "Two models or more, ARPA or binary, all of words or all of characters.", Arity = new ArgumentArity(2, 100) };
    private readonly Option<double[]> _weights = new("--weights") { Description = "The weight of each at the beginning of a sentence; later the words heard decide as well. Default: all the same.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _out = new("--out") { Description = "The model to write or to replace: ARPA if its name ends in .arpa, the binary form otherwise.", Required = true };
    private readonly Option<double> _prune = new("--prune") { Description = "Leave out n-grams whose removal raises the perplexity by less than this part. Default: 0." };
    private readonly Option<bool> _quantise = new("--quantise") { Description = "Keep probabilities in 8 bits." };
    private readonly CommandConsole _console;

    private LanguageMixCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        LanguageMixCommand self = new(console);
        Command command = new("mix", "Mix n-gram models into one, such as a general one and one of your own words.") { self._models, self._weights, self._out, self._prune, self._quantise };
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] paths = parsed.GetRequiredValue(_models);
        string to = parsed.GetRequiredValue(_out);
        double[] weights = parsed.GetValue(_weights) is { Length: > 0 } given ? given : [.. paths.Select(_ => 1.0)];
        double prune = parsed.GetValue(_prune);
        bool quantise = parsed.GetValue(_quantise);
        if (weights.Length != paths.Length) throw new UsageException($"--weights has {weights.Length} numbers for {paths.Length} models: give one for each.");
        if (weights.Any(w => !(w > 0 && double.IsFinite(w)))) throw new UsageException("--weights are numbers above 0.");
        if (!(prune >= 0) || !double.IsFinite(prune)) throw new UsageException($"--prune is 0 or more, not {prune}.");
        NGramFiles.CheckTarget(to, quantise);
        using ProgressLine progress = new(_console, TimeProvider.System);
        await Task.Run(() => Mix(paths, weights, to, prune, quantise, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private void Mix(string[] paths, double[] weights, string to, double prune, bool quantise, ProgressLine progress, CancellationToken cancellationToken)
    {
        List<NGramModel> models = [];
        try
        {
            foreach (string path in paths)
            {
                progress.Show(_ => $"reading {path}");
                models.Add(NGramModel.Load(path));
                if (models[^1].Vocabulary.HasCharacters != models[0].Vocabulary.HasCharacters)
                    throw new UsageException($"'{path}' and '{paths[0]}' cannot be mixed: one is a model of words and the other of characters.");
            }

            using NGramModel mixture = NGramMixer.Mix(models, weights, quantise, prune, f => progress.Show(e => $"mixing{NGramFiles.Left(e, f)}"), cancellationToken);
            NGramFiles.Save(mixture, to);
            _console.EndProgress();
            _console.Out.WriteLine(NGramFiles.Describe(mixture, to));
        }
        finally
        {
            foreach (NGramModel model in models) model.Dispose();
        }
    }
}
