using System.CommandLine;
using System.Text;
using DeepSpeechNet.Cli.Evaluating;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Tuning;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn evaluate</c>: how many errors a model makes on labelled recordings.</summary>
internal sealed class EvaluateCommand
{
    private readonly Option<string[]> _manifest = new("--manifest") { Description = "Manifests or packed stores to recognise.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _onlyCorpus = new("--only-corpus") { Description = "Take these corpora alone; a name may end in *.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _onlySpeaker = new("--only-speaker") { Description = "Take these speakers alone.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _report = new("--report") { Description = "Write a page with tables, bars and the worst utterances word by word into this file." };
    private readonly Option<bool> _compare = new("--compare") { Description = "Compare decoding without language models, with each and with both; recordings over 30 s are left out." };
    private readonly RecognizerArguments _recognizer = new();
    private readonly CommandConsole _console;

    private EvaluateCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        EvaluateCommand self = new(console);
        Command command = new("evaluate", "Count a model's errors on labelled recordings.") { self._manifest, self._onlyCorpus, self._onlySpeaker, self._report, self._compare };
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

    private static void Save(string path, Evaluation evaluation, string model) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        EvaluationPage.Write(writer, evaluation, model);
    });
}
