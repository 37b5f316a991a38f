using System.CommandLine;
using DeepSpeechNet.Language;
using DeepSpeechNet.Speech;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn corpus check</c>: looks for what spoils training.</summary>
internal sealed class CorpusCheckCommand
{
    private const int DefaultRate = 16_000, DefaultStride = 2;
    private const double DefaultHop = 0.01;

    private readonly Argument<string[]> _corpora = new("corpora") { Description = "Manifests or packed stores.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "Check for this model: its letters, its frames, its sampling rate." };
    private readonly Option<int?> _stride = new("--stride") { Description = $"Check for a network that looks at every how-many-th frame of 10 ms. Default: {DefaultStride}." };
    private readonly CommandConsole _console;

    private CorpusCheckCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        CorpusCheckCommand self = new(console);
        Command command = new("check", "Look for what spoils training: missing files, letters outside the alphabet, texts too long for their sound, doubles, silence.")
        {
            self._corpora, self._model, self._stride,
        };
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int stride = parsed.GetValue(_stride) ?? DefaultStride, rate = DefaultRate;
        double hop = DefaultHop;
        Alphabet alphabet = Alphabet.English;
        if (parsed.GetValue(_model) is { } package)
        {
            if (parsed.GetValue(_stride) is not null)
                throw new UsageException("--model brings its own stride: give one of --model and --stride.");
            ModelDescription model = ModelPackage.Inspect(package).Description;
            (alphabet, stride, hop, rate) = (model.Alphabet, model.Acoustic.Stride, model.FrontEnd.HopSeconds, model.FrontEnd.SampleRate);
        }

        if (stride < 1)
            throw new UsageException($"--stride is {stride}; it must be at least 1.");
        int missing = 0;
        using ISpeechCorpus corpus = CorpusArguments.Open(parsed.GetRequiredValue(_corpora), new CorpusFilter(), rate, sentence =>
        {
            missing++;
            _console.Say(sentence);
        });
        using ProgressLine progress = new(_console, TimeProvider.System);
        CorpusDoctorOptions options = new() { FramesPerSecond = 1 / (hop * stride) };
        CorpusReport report = await Task.Run(() => CorpusDoctor.Examine(corpus, alphabet, options, new Display(progress, corpus.Count), cancellationToken), cancellationToken).ConfigureAwait(false);
        _console.EndProgress();
        foreach (CorpusFinding finding in report.Findings)
            _console.Out.WriteLine($"{(IsError(finding.Kind) ? "error" : "warning")}\t{finding.Path}\t{finding.Message}");
        _console.Out.Write(report.Summary());
        return missing > 0 || report.Findings.Any(f => IsError(f.Kind)) ? DsnCommand.Failed : 0;
    }

    /// <summary>Whether training would have to leave the clip out.</summary>
    private static bool IsError(FindingKind kind) => kind is FindingKind.Unreadable or FindingKind.EmptyText or FindingKind.UnknownLetter or FindingKind.TextTooLong;

    private sealed class Display(ProgressLine line, int total) : IProgress<int>
    {
        public void Report(int value) => line.Show(_ => $"{value} of {total} clips");
    }
}
