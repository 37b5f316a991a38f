using System.CommandLine;
using System.Text;
using DeepSpeechNet.Cli.Evaluating;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Tuning;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn evaluate</c>: how many errors a model makes on labelled recordings.</summary>
internal sealed class EvaluateCommand
{
    private readonly Option<string[]> _manifest = new("--manifest") { Description = "Manifests or packed stores to recognise.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _onlyCorpus = new("--only-corpus") { Description = "Take these corpora alone; in a name * stands for any letters.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _onlySpeaker = new("--only-speaker") { Description = "Take these speakers alone.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _report = new("--report") { Description = "Write a page with tables, bars and the worst utterances word by word into this file." };
    private readonly Option<bool> _compare = new("--compare") { Description = "Compare decoding without language models, with each and with both; recordings over 30 s are left out." };
    private readonly Option<double[]> _snr = new("--snr") { Description = "Measure in the noise of --noise too, at these signal-to-noise ratios in decibels (20 10 5, say), and print a table of clean and noisy errors.", AllowMultipleArgumentsPerToken = true };
    private readonly NoiseArguments _noise = new();
    private readonly RecognizerArguments _recognizer = new();
    private readonly CommandConsole _console;

    private EvaluateCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        EvaluateCommand self = new(console);
        Command command = new("evaluate", "Count a model's errors on labelled recordings.") { self._manifest, self._onlyCorpus, self._onlySpeaker, self._report, self._compare, self._snr };
        self._noise.AddTo(command);
        self._recognizer.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TranscriptionOptions options = new() { BeamWidth = _recognizer.Beam(parsed) };
        UsageException.Check(options.Validate);
        CorpusFilter filter = new() { OnlyCorpora = parsed.GetValue(_onlyCorpus) ?? [], OnlySpeakers = parsed.GetValue(_onlySpeaker) ?? [] };
        int skipped = 0;
        await using Recognizer recognizer = _recognizer.Load(parsed);
        options = _recognizer.Complete(parsed, options, recognizer, _console);
        using ISpeechCorpus corpus = CorpusArguments.Open(parsed.GetRequiredValue(_manifest), filter, recognizer.Model.FrontEnd.SampleRate, sentence =>
        {
            skipped++;
            _console.Say(sentence);
        });
        IReadOnlyList<float[]> noises = _noise.Read(parsed, recognizer.Model.FrontEnd.SampleRate);
        double[] ratios = parsed.GetValue(_snr) ?? [];
        if (noises.Count > 0 != ratios.Length > 0)
            throw new UsageException("--noise and --snr go together: which noises, and how far below the speech.");
        if (Array.Exists(ratios, ratio => ratio is not (>= -60 and <= 120)))
            throw new UsageException("--snr must be from -60 to 120 decibels.");
        if (ratios.Length > 0 && (parsed.GetValue(_compare) || parsed.GetValue(_report) is not null))
            throw new UsageException("--snr prints a table of its own; leave out --compare and --report.");
        if (parsed.GetValue(_compare))
            return await CompareAsync(parsed, recognizer, corpus, options, cancellationToken).ConfigureAwait(false);
        Evaluation evaluation = await new Evaluator(recognizer, options, _console).RunAsync(corpus, cancellationToken).ConfigureAwait(false);
        if (evaluation.Report.Total.Utterances == 0)
            return DsnCommand.Failed;
        if (evaluation.UnwritableTexts > 0)
        {
            _console.Say(
                $"{evaluation.UnwritableTexts} of {evaluation.Report.Total.Utterances} texts hold symbols that the model's alphabet lacks ({string.Join(", ", evaluation.Unwritable.Select(s => $"'{s}'"))}); " +
                "they are compared without those: write numbers and signs out in words.");
        }

        string model = _recognizer.Model(parsed);
        if (noises.Count > 0)
            return await NoisyAsync(parsed, recognizer, corpus, noises, options, evaluation, cancellationToken).ConfigureAwait(false);
        EvaluationText.Write(_console.Out, evaluation, model);
        if (parsed.GetValue(_report) is { } page)
            Save(page, evaluation, model);
        return skipped + evaluation.Faults > 0 ? DsnCommand.Failed : 0;
    }

    private async Task<int> CompareAsync(ParseResult parsed, Recognizer recognizer, ISpeechCorpus corpus, TranscriptionOptions options, CancellationToken cancellationToken)
    {
        using ProgressLine progress = new(_console, TimeProvider.System);
        int faults = 0;
        IReadOnlyList<TuningUtterance> utterances = await TuningSet.CollectAsync(
            recognizer,
            corpus,
            sentence =>
            {
                faults++;
                _console.Say(sentence);
            },
            done => progress.Show(_ => $"network: {done} of {corpus.Count} recordings"),
            cancellationToken).ConfigureAwait(false);
        if (utterances.Count == 0)
            return DsnCommand.Failed;
        DecodingTrials trials = new(recognizer, utterances, _recognizer.Threads(parsed));
        Comparison.Write(_console.Out, trials, recognizer.Settings(options), name => progress.Show(_ => $"decoding: {name}"), cancellationToken);
        return faults > 0 ? DsnCommand.Failed : 0;
    }

    private async Task<int> NoisyAsync(
        ParseResult parsed, Recognizer recognizer, ISpeechCorpus corpus, IReadOnlyList<float[]> noises, TranscriptionOptions options, Evaluation clean, CancellationToken cancellationToken)
    {
        int faults = clean.Faults;
        List<(double, EvaluationReport)> levels = [];
        foreach (double decibels in parsed.GetValue(_snr)!)
        {
            Evaluation noisy = await new Evaluator(recognizer, options, _console).RunAsync(new NoisyCorpus(corpus, noises, decibels), cancellationToken).ConfigureAwait(false);
            faults += noisy.Faults;
            levels.Add((decibels, noisy.Report));
        }

        NoiseCurve.Write(_console.Out, clean.Report, levels);
        return faults > 0 ? DsnCommand.Failed : 0;
    }

    private static void Save(string path, Evaluation evaluation, string model) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        EvaluationPage.Write(writer, evaluation, model);
    });
}
