using System.CommandLine;
using DeepSpeechNet.Cli.Evaluating;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Tuning;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn tune</c>: the decoder settings that make the fewest errors on labelled recordings, written into the package.</summary>
internal sealed class TuneCommand
{
    private const int Best = 10;

    private readonly Option<string[]> _manifest = new("--manifest") { Description = "Manifests or packed stores that the model was not trained on.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _onlyCorpus = new("--only-corpus") { Description = "Take these corpora alone; in a name * stands for any letters.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _most = new("--most") { Description = "Take at most this many recordings, spread over the manifests; 0 takes all." };
    private readonly Option<int> _trials = new("--trials") { Description = "Random settings tried first.", DefaultValueFactory = _ => new DecoderTunerOptions().RandomTrials };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Rounds of moving each weight up and down.", DefaultValueFactory = _ => new DecoderTunerOptions().Rounds };
    private readonly Option<int[]> _beams = new("--beams") { Description = "Widths of the beam to choose from. Default: 32 64 128 256.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _seed = new("--seed") { Description = "Chooses the random settings.", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _dry = new("--dry-run") { Description = "Print the table, but leave the package as it is." };
    private readonly RecognizerArguments _recognizer = new();
    private readonly CommandConsole _console;

    private TuneCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        TuneCommand self = new(console);
        Command command = new("tune", "Find the decoder settings that make the fewest errors, and write them into the model package.")
        {
            self._manifest, self._onlyCorpus, self._most, self._trials, self._rounds, self._beams, self._seed, self._dry,
        };
        self._recognizer.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        DecoderTunerOptions options = new() { RandomTrials = parsed.GetValue(_trials), Rounds = parsed.GetValue(_rounds), Seed = parsed.GetValue(_seed) };
        if (parsed.GetValue(_beams) is { Length: > 0 } beams)
            options = options with { BeamWidths = [.. beams.Distinct()] };
        UsageException.Check(options.Validate);
        string model = _recognizer.Model(parsed);
        await using Recognizer recognizer = _recognizer.Load(parsed);
        DecoderSettings start = _recognizer.Complete(parsed, new TranscriptionOptions(), recognizer, _console) is var completed && completed.LanguageModel
            ? recognizer.Settings(completed)
            : recognizer.Settings(completed).WithoutLanguageModel();
        if (_recognizer.LanguageModel(parsed) is { } language)
            start = start with { LanguageModel = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(ModelPackage.FileOf(model)))!, Path.GetFullPath(language)).Replace('\\', '/') };
        IReadOnlyList<TuningUtterance> utterances = await CollectAsync(parsed, recognizer, cancellationToken).ConfigureAwait(false);
        if (utterances.Count == 0)
            return DsnCommand.Failed;

        using ProgressLine progress = new(_console, TimeProvider.System);
        long fewest = long.MaxValue;
        DecoderTuner tuner = new(new DecodingTrials(recognizer, utterances, _recognizer.Threads(parsed)), options, (trial, done, all) =>
        {
            fewest = Math.Min(fewest, trial.Words.Errors);
            progress.Show(elapsed => $"{done} of about {all} settings tried, best WER {Rates.Percent(fewest / (double)Math.Max(1, trial.Words.ReferenceLength))}, left {TimeSpan.FromSeconds(elapsed.TotalSeconds / done * (all - done)):h\\:mm\\:ss}");
        });
        DecodingTrial best = tuner.Run(start, cancellationToken);
        Write(tuner.Trials, best, utterances);
        if (parsed.GetValue(_dry))
            return 0;
        ModelPackage.SaveDecoder(model, best.Settings);
        _console.Say($"written into {model}");
        return 0;
    }

    private async Task<IReadOnlyList<TuningUtterance>> CollectAsync(ParseResult parsed, Recognizer recognizer, CancellationToken cancellationToken)
    {
        CorpusFilter filter = new() { OnlyCorpora = parsed.GetValue(_onlyCorpus) ?? [] };
        using ISpeechCorpus corpus = CorpusArguments.Open(parsed.GetRequiredValue(_manifest), filter, recognizer.Model.FrontEnd.SampleRate, _console.Say);
        using SpreadCorpus part = SpreadCorpus.Of(corpus, parsed.GetValue(_most));
        using ProgressLine progress = new(_console, TimeProvider.System);
        return await TuningSet.CollectAsync(recognizer, part, _console.Say, done => progress.Show(_ => $"network: {done} of {part.Count} recordings"), cancellationToken).ConfigureAwait(false);
    }

    private void Write(IReadOnlyList<DecodingTrial> trials, DecodingTrial best, IReadOnlyList<TuningUtterance> utterances)
    {
        TextTable table = new("settings", "alpha", "beta", "letter", "rnn", "phones", "beam", "WER", "CER", "ms/utterance");
        Add(table, "before", trials[0]);
        int rank = 0;
        foreach (DecodingTrial trial in trials.Skip(1).Take(trials.Count - 2).OrderBy(t => t.Words.Errors).ThenBy(t => t.Characters.Errors).Take(Best))
            Add(table, $"{++rank}", trial);
        Add(table, "chosen", best);
        table.Write(_console.Out);
        DecodingTrial raw = best with { Confidences = Raw(best, trials) };
        _console.Out.WriteLine();
        _console.Out.WriteLine($"{utterances.Count} utterances, {best.Words.ReferenceLength} words; expected calibration error {Rates.Percent(raw.CalibrationError)}, {Rates.Percent(best.CalibrationError)} with the curve (slope {best.Settings.ConfidenceSlope:F3}, offset {best.Settings.ConfidenceOffset:F3})");
    }

    /// <summary>The confidences of the same decoding before the curve.</summary>
    private static IReadOnlyList<(double Confidence, bool Correct)> Raw(DecodingTrial best, IReadOnlyList<DecodingTrial> trials) =>
        trials.First(t => t.Settings with { ConfidenceSlope = 0, ConfidenceOffset = 0 } == best.Settings with { ConfidenceSlope = 0, ConfidenceOffset = 0 }).Confidences;

    private static void Add(TextTable table, string name, DecodingTrial trial) => table.Add(
        name,
        $"{trial.Settings.NGramWeight:F2}",
        $"{trial.Settings.WordBonus:F2}",
        $"{trial.Settings.UnknownLetterCost:F2}",
        trial.Settings.NeuralPass == NeuralPass.None ? "-" : $"{trial.Settings.NeuralWeight:F2} {(trial.Settings.NeuralPass == NeuralPass.Beam ? "beam" : "rescoring")}",
        trial.Settings.PhoneWeight > 0 ? $"{trial.Settings.PhoneWeight:F2}" : "-",
        $"{trial.Settings.BeamWidth}",
        Rates.Percent(trial.Words.Rate),
        Rates.Percent(trial.Characters.Rate),
        $"{trial.Work.TotalMilliseconds / trial.Utterances:F1}");
}
