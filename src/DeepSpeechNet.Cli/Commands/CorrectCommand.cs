using System.CommandLine;
using System.Globalization;
using DeepSpeechNet.Cli.Evaluating;
using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.Packages;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn correct</c>: corrects the spelling of text.</summary>
internal sealed class CorrectCommand
{
    private readonly Argument<string[]> _files = new("files") { Description = "Text files, one sentence a line; - is the standard input, which is the default.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<int> _alternatives = new("--alternatives") { Description = "Write so many best texts for each line, each after its score, an empty line after them.", DefaultValueFactory = _ => 1 };
    private readonly Option<string[]> _evaluate = new("--evaluate") { Description = "Correct nothing, but count errors on pairs: tables with columns 'wrong' and 'right', and perhaps 'source'.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _part = new("--part") { Description = "Of pairs, those to count: all, train, dev or test (by what is right: 8, 1 and 1 tenth; training takes the first).", DefaultValueFactory = _ => "all" };
    private readonly Option<int> _most = new("--most") { Description = "Count at most so many pairs; 0 means all." };
    private readonly CorrectorArguments _corrector = new();
    private readonly CommandConsole _console;

    private CorrectCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        CorrectCommand self = new(console);
        Command command = new("correct", "Correct the spelling of text: a writer's, or a recogniser's without a language model.") { self._files, self._alternatives, self._evaluate, self._part, self._most };
        self._part.AcceptOnlyFromAmong("all", "train", "dev", "test");
        self._corrector.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Task.Run(() => self.Run(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] files = parsed.GetValue(_files) ?? [], pairs = parsed.GetValue(_evaluate) ?? [];
        if (pairs.Length > 0 && files.Length > 0)
            throw new UsageException("--evaluate counts errors on pairs and corrects no files: give one of the two.");
        int alternatives = parsed.GetValue(_alternatives);
        using LanguagePackage? language = _corrector.Language(parsed);
        SpellingCorrector corrector = _corrector.Load(parsed, language, pairs.Length > 0 ? Math.Max(alternatives, 5) : alternatives, _console.Say, out NeuralSession? neural);
        using NeuralSession? session = neural;
        if (pairs.Length > 0)
        {
            CorrectionEvaluator evaluator = new(corrector, _console);
            return evaluator.Run(pairs, parsed.GetRequiredValue(_part), parsed.GetValue(_most), cancellationToken) ? 0 : DsnCommand.Failed;
        }

        int faults = 0;
        foreach (string file in files.Length == 0 ? [TextArguments.StandardInput] : files)
        {
            try
            {
                faults += CorrectLines(file, corrector, alternatives, cancellationToken) ? 0 : 1;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _console.Say(e.Message);
                faults++;
            }
        }

        return faults == 0 ? 0 : DsnCommand.Failed;
    }

    private bool CorrectLines(string file, SpellingCorrector corrector, int alternatives, CancellationToken cancellationToken)
    {
        bool live = file == TextArguments.StandardInput, anything = false, letters = false;
        using StreamReader reader = TextArguments.Open(file, _console);
        using ProgressLine progress = new(_console, TimeProvider.System);
        long lines = 0;
        while (reader.ReadLine() is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            anything |= line.AsSpan().Trim().Length > 0;
            letters |= line.AsSpan().ContainsAnyInRange('a', 'z') || line.AsSpan().ContainsAnyInRange('A', 'Z');
            Correction correction = corrector.Correct(line);
            if (alternatives == 1)
            {
                _console.Out.WriteLine(correction.Text);
            }
            else
            {
                foreach (CorrectionAlternative alternative in correction.Alternatives)
                    _console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{alternative.Score:0.000}\t{alternative.Text}"));
                _console.Out.WriteLine();
            }

            // Whoever types or pipes wants each line when it is done.
            if (live)
                _console.Out.Flush();
            lines++;
            progress.Show(elapsed => Remaining(file, reader.BaseStream, lines, elapsed));
        }

        _console.EndProgress();
        string name = live ? "The standard input" : $"'{file}'";
        if (!anything)
            _console.Say($"{name} is empty: there is nothing to correct.");
        else if (!letters)
            _console.Say($"{name} has no letter from a to z: there is nothing to correct, and it is written as it is.");
        return letters;
    }

    private static string Remaining(string file, Stream stream, long lines, TimeSpan elapsed)
    {
        string text = $"{file}: {lines} lines";
        if (!stream.CanSeek || stream.Position == 0)
            return text;
        double done = (double)stream.Position / stream.Length;
        return $"{text}, {done * 100:0}%, {TimeSpan.FromSeconds(elapsed.TotalSeconds * (1 - done) / done):hh\\:mm\\:ss} left";
    }
}
