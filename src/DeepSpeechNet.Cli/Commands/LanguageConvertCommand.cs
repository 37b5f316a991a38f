using System.CommandLine;
using DeepSpeechNet.Cli.Languages;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn language convert</c>: an n-gram model in another form, pruned or in 8 bits.</summary>
internal sealed class LanguageConvertCommand
{
    private readonly Argument<string> _from = new("from") { Description = "A model: an ARPA file of any program, also packed by gzip, or the binary form." };
    private readonly Argument<string> _to = new("to") { Description = "The file to write or to replace: ARPA if its name ends in .arpa, the binary form otherwise." };
    private readonly Option<double> _prune = new("--prune") { Description = "Leave out n-grams whose removal raises the perplexity by less than this part. Default: 0." };
    private readonly Option<bool> _quantise = new("--quantise") { Description = "Keep probabilities in 8 bits; needs --measure." };
    private readonly Option<string[]> _measure = new("--measure") { Description = "Text on which to measure what --prune and --quantise cost.", AllowMultipleArgumentsPerToken = true };
    private readonly CommandConsole _console;

    private LanguageConvertCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        LanguageConvertCommand self = new(console);
        Command command = new("convert", "Store an n-gram model in another form: ARPA, binary, pruned, in 8 bits.") { self._from, self._to, self._prune, self._quantise, self._measure };
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string to = parsed.GetRequiredValue(_to);
        double prune = parsed.GetValue(_prune);
        bool quantise = parsed.GetValue(_quantise);
        if (!(prune >= 0) || !double.IsFinite(prune)) throw new UsageException($"--prune is 0 or more, not {prune}.");
        string[] measured = parsed.GetValue(_measure) ?? [];
        if (quantise && measured.Length == 0) throw new UsageException("--quantise needs --measure TEXT, to say what it costs.");
        NGramFiles.CheckTarget(to, quantise);
        TextFiles? text = measured.Length > 0 ? new TextFiles(measured, _console) : null;
        using ProgressLine progress = new(_console, TimeProvider.System);
        await Task.Run(() => Convert(parsed.GetRequiredValue(_from), to, prune, quantise, text, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private void Convert(string from, string to, double prune, bool quantise, TextFiles? text, ProgressLine progress, CancellationToken cancellationToken)
    {
        progress.Show(_ => "reading");
        using NGramModel model = NGramModel.Load(from);
        progress.Show(_ => "converting");
        using NGramModel result = prune > 0 || quantise || model.IsQuantised ? model.Compress(quantise, prune) : model;
        NGramFiles.Save(result, to);
        if (text is not null)
        {
            double before = NGramFiles.Measure(model, text, progress, cancellationToken).Perplexity, after = NGramFiles.Measure(result, text, progress, cancellationToken).Perplexity;
            _console.Line($"perplexity {before:F2} before, {after:F2} after ({100 * ((after / before) - 1):+0.00;-0.00}%)");
        }

        _console.EndProgress();
        _console.Out.WriteLine(NGramFiles.Describe(result, to));
    }
}
