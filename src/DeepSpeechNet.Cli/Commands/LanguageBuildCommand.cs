using System.Collections.Immutable;
using System.CommandLine;
using DeepSpeechNet.Cli.Languages;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn language build</c>: an n-gram model with modified Kneser-Ney smoothing from text.</summary>
internal sealed class LanguageBuildCommand
{
    private readonly Argument<string[]> _text = new("text") { Description = "Text files of one sentence a line, also packed by gzip; - for the standard input.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _out = new("--out") { Description = "The model to write or to replace: ARPA if its name ends in .arpa, the binary form otherwise.", Required = true };
    private readonly Option<int> _order = new("--order") { Description = "Length of the longest n-grams. Default: 3.", DefaultValueFactory = _ => 3 };
    private readonly Option<bool> _characters = new("--characters") { Description = "Tokens are characters instead of words; the space is <space>." };
    private readonly Option<int> _minimumCount = new("--min-count") { Description = "Words that occur less often become <unk>. Default: 1.", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _vocabulary = new("--vocabulary") { Description = "Keep so many words, the most frequent; others become <unk>." };
    private readonly Option<string?> _vocabularyFile = new("--vocabulary-file") { Description = "Use the words of this file, one a line, instead of the text's own." };
    private readonly Option<string?> _pruneCounts = new("--prune-counts") { Description = "Leave out n-grams by count, for each length from 1: 0,0,1 leaves out 3-grams and longer that occur once." };
    private readonly Option<double> _prune = new("--prune") { Description = "Leave out n-grams whose removal raises the perplexity by less than this part (1e-8 little, 1e-6 much). Default: 0." };
    private readonly Option<bool> _quantise = new("--quantise") { Description = "Keep probabilities in 8 bits, and say what that costs." };
    private readonly CommandConsole _console;

    private LanguageBuildCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        LanguageBuildCommand self = new(console);
        Command command = new("build", "Build an n-gram model from text.")
        {
            self._text, self._out, self._order, self._characters, self._minimumCount, self._vocabulary, self._vocabularyFile, self._pruneCounts, self._prune, self._quantise,
        };
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(_out);
        NGramOptions options = new()
        {
            Order = parsed.GetValue(_order),
            Characters = parsed.GetValue(_characters),
            MinimumCount = parsed.GetValue(_minimumCount),
            PruneCounts = Counts(parsed.GetValue(_pruneCounts)),
            PruneEntropy = parsed.GetValue(_prune),
            Quantise = parsed.GetValue(_quantise),
        };
        if (parsed.GetValue(_vocabulary) is { } most) options = options with { MaximumWords = most };
        UsageException.Check(options.Validate);
        NGramFiles.CheckTarget(path, options.Quantise);
        TextFiles text = new(parsed.GetRequiredValue(_text), _console);
        if (parsed.GetValue(_vocabularyFile) is { } file)
        {
            options = options with { Vocabulary = Vocabulary.Load(file) };
            if (options.Vocabulary.HasCharacters != options.Characters)
                throw new UsageException(options.Characters ? $"'{file}' holds words; --characters needs a vocabulary of characters with <space>." : $"'{file}' holds characters; add --characters.");
        }

        using ProgressLine progress = new(_console, TimeProvider.System);
        NGramBuild build = await Task.Run(() => NGramBuilder.Build(text.Lines(), options, p => progress.Show(e => Describe(p, text, e)), cancellationToken), cancellationToken).ConfigureAwait(false);
        using NGramModel model = build.Model;
        NGramFiles.Save(model, path);
        _console.EndProgress();
        foreach ((Discounts discounts, int k) in build.Discounts.Select((d, i) => (d, i + 1)))
        {
            _console.Line(discounts.Estimated
                ? $"{k}-grams: discounts {discounts.One:F4} {discounts.Two:F4} {discounts.More:F4}"
                : $"{k}-grams: too few for discounts of their own; {discounts.One:F1} {discounts.Two:F1} {discounts.More:F1} are used");
        }

        string unit = options.Characters ? "characters" : "words";
        _console.Line($"{build.Sentences:N0} sentences, {build.Tokens:N0} {unit}, {100.0 * build.UnknownTokens / build.Tokens:F2}% of them unknown; {progress.Elapsed.TotalSeconds:F1} s");
        if (options.Quantise) _console.Line($"8 bits change the perplexity of the text's beginning by {100 * (build.QuantisationCost - 1):+0.00;-0.00}%");
        _console.Out.WriteLine(NGramFiles.Describe(model, path));
        return 0;
    }

    private static string Describe(NGramProgress progress, TextFiles text, TimeSpan elapsed) => progress.Stage switch
    {
        // Counting takes about twice as long as reading.
        NGramStage.Reading => $"reading: {progress.Tokens:N0} tokens{NGramFiles.Left(elapsed, text.Fraction / 3)}",
        NGramStage.Counting => $"counting: {progress.Tokens:N0} tokens{NGramFiles.Left(elapsed, (1 + (2 * progress.Fraction)) / 3.3)}",
        NGramStage.Smoothing => "computing probabilities",
        NGramStage.Pruning => "pruning",
        _ => "packing",
    };

    private static ImmutableArray<int> Counts(string? list)
    {
        if (list is null) return [];
        string[] parts = list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        int[] counts = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], out counts[i])) throw new UsageException($"--prune-counts takes whole numbers such as 0,0,1, not '{list}'.");
        }

        return [.. counts];
    }
}
