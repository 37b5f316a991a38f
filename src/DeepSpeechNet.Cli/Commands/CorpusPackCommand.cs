using System.CommandLine;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn corpus pack</c>: the recordings of manifests decoded once into one file that training maps into memory.</summary>
internal sealed class CorpusPackCommand
{
    private readonly Argument<string[]> _manifests = new("manifests") { Description = "The manifests.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _out = new("--out") { Description = "The store to write or to replace.", Required = true };
    private readonly Option<string[]> _onlyCorpus = new("--only-corpus") { Description = "Take these corpora alone; in a name * stands for any letters.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _excludeCorpus = new("--exclude-corpus") { Description = "Leave these corpora out; in a name * stands for any letters.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _rate = new("--rate") { Description = "Samples a second of the store. Default: 16000.", DefaultValueFactory = _ => 16_000 };
    private readonly CommandConsole _console;

    private CorpusPackCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        CorpusPackCommand self = new(console);
        Command command = new("pack", "Decode the recordings of manifests once into one store for training.") { self._manifests, self._out, self._onlyCorpus, self._excludeCorpus, self._rate };
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        PackOptions options = new()
        {
            SampleRate = parsed.GetValue(_rate),
            Filter = new CorpusFilter { OnlyCorpora = parsed.GetValue(_onlyCorpus) ?? [], ExcludedCorpora = parsed.GetValue(_excludeCorpus) ?? [] },
        };
        UsageException.Check(options.Validate);
        string store = parsed.GetRequiredValue(_out);
        using ProgressLine progress = new(_console, TimeProvider.System);
        PackResult result = await Task.Run(
            () => CorpusPacker.Pack(parsed.GetRequiredValue(_manifests), store, options, new Display(progress), cancellationToken), cancellationToken).ConfigureAwait(false);
        foreach (string sentence in result.Skipped)
            _console.Say(sentence);
        _console.EndProgress();
        _console.Out.WriteLine($"{store}: {result.Clips} clips, {result.Seconds / 3600:F2} hours, {new FileInfo(store).Length / 1e6:F1} MB; {result.Skipped.Count} rows skipped");
        return result.Skipped.Count == 0 ? 0 : DsnCommand.Failed;
    }

    private sealed class Display(ProgressLine line) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => line.Show(elapsed =>
            $"{value.Done} of {value.Total} rows, {value.Seconds / 3600:F2} hours, {value.Seconds / elapsed.TotalSeconds:F0} times faster than sound");
    }
}
