using System.CommandLine;
using DeepSpeechNet.Cli.Languages;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn language perplexity</c>: how well an n-gram model predicts a text.</summary>
internal sealed class LanguagePerplexityCommand
{
    private readonly Argument<string> _model = new("model") { Description = "The model, ARPA or binary." };
    private readonly Argument<string[]> _text = new("text") { Description = "Text files of one sentence a line, also packed by gzip; - for the standard input.", Arity = ArgumentArity.OneOrMore };
    private readonly CommandConsole _console;

    private LanguagePerplexityCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        LanguagePerplexityCommand self = new(console);
        Command command = new("perplexity", "Measure how well an n-gram model predicts a text.") { self._model, self._text };
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TextFiles text = new(parsed.GetRequiredValue(_text), _console);
        using NGramModel model = NGramModel.Load(parsed.GetRequiredValue(_model));
        using ProgressLine progress = new(_console, TimeProvider.System);
        NGramPerplexity result = await Task.Run(() => NGramFiles.Measure(model, text, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        _console.EndProgress();
        string unit = model.Vocabulary.HasCharacters ? "characters" : "words";
        _console.Out.WriteLine($"{result.Sentences} sentences, {result.Tokens} {unit}, {result.UnknownTokens} of them unknown");
        _console.Out.WriteLine($"perplexity {result.Perplexity:F2} ({result.PerplexityWithoutUnknown:F2} without unknown {unit}; ends of sentences counted)");
        if (model.Vocabulary.HasCharacters) _console.Out.WriteLine($"{result.BitsPerToken:F4} bits a character");
        return 0;
    }
}
