using System.CommandLine;
using System.Globalization;
using DeepSpeechNet.Cli.Languages;
using DeepSpeechNet.Language.Generation;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn language compare</c>: how likely a text is to language models, alone and interpolated.</summary>
internal sealed class LanguageCompareCommand
{
    private readonly Argument<string[]> _models = new("models") { Description = "Neural language models (folders or files) and n-gram models (ARPA or binary).", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> _text = new("--text") { Description = "Text files, a sentence a line; plain or .gz.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _most = new("--sentences") { Description = "Sentences to read at most; 0 means all." };
    private readonly Option<bool> _mix = new("--interpolate") { Description = "Interpolate every pair of models, and all: weights from the text's first half, perplexities on the second." };
    private readonly Option<bool> _apart = new("--sentences-apart") { Description = "Neural models begin every sentence anew, as n-gram models do, instead of carrying their state on." };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads; 0 means one per processor.", DefaultValueFactory = _ => 1 };
    private readonly CommandConsole _console;

    private LanguageCompareCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        LanguageCompareCommand self = new(console);
        Command command = new("compare", "Measure how likely a text is to several language models, and to mixtures of them.") { self._models, self._text, self._most, self._mix, self._apart, self._threads };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => self.Run(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] paths = parsed.GetRequiredValue(_models);
        string[] sentences = OpenLanguageModel.Sentences(parsed.GetRequiredValue(_text), parsed.GetValue(_most));
        List<float[]> all = [];
        foreach (string path in paths)
        {
            using OpenLanguageModel model = OpenLanguageModel.Open(path, parsed.GetValue(_threads));
            float[] scores = model.LogProbabilities(sentences, parsed.GetValue(_apart), cancellationToken);
            if (all.Count > 0 && scores.Length != all[0].Length)
                throw new UsageException($"{path} reads the text as {scores.Length} symbols and {paths[0]} as {all[0].Length}: compare models of words with models of words, and characters with characters.");
            all.Add(scores);
        }

        int count = all[0].Length, half = parsed.GetValue(_mix) ? count / 2 : 0;
        TextTable table = new("model", "symbols", "perplexity", "bits a symbol");
        for (int m = 0; m < paths.Length; m++)
            Add(table, paths[m], [all[m]], [1], half, count);
        if (parsed.GetValue(_mix))
        {
            for (int a = 0; a < paths.Length; a++)
            {
                for (int b = a + 1; b < paths.Length; b++)
                    Mix(table, [paths[a], paths[b]], [all[a], all[b]], half, count);
            }

            if (paths.Length > 2)
                Mix(table, paths, all, half, count);
        }

        table.Write(_console.Out);
        return 0;
    }

    private static void Mix(TextTable table, string[] names, List<float[]> scores, int half, int count)
    {
        double[] weights = ModelMixture.Weights(scores, 0, half);
        string name = string.Join(" + ", names.Select((n, i) => string.Create(CultureInfo.InvariantCulture, $"{weights[i]:F2} {n}")));
        Add(table, name, scores, weights, half, count);
    }

    private static void Add(TextTable table, string name, List<float[]> scores, double[] weights, int first, int end)
    {
        double mean = -ModelMixture.LogLikelihood(scores, weights, first, end) / (end - first);
        table.Add(
            name,
            (end - first).ToString(CultureInfo.InvariantCulture),
            Math.Exp(mean).ToString("F2", CultureInfo.InvariantCulture),
            (mean / Math.Log(2)).ToString("F4", CultureInfo.InvariantCulture));
    }
}
