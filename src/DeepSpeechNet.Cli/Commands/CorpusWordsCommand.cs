using System.CommandLine;
using System.Globalization;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Cli.Transcribing;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Speech.Cutting;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn corpus words</c>: single words cut out of recordings whose texts are known.</summary>
internal sealed class CorpusWordsCommand
{
    private readonly Option<string[]> _manifest = new("--manifest") { Description = "Manifests or packed stores to cut words out of.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _out = new("--out") { Description = "Folder for the clips and their manifest.tsv.", Required = true };
    private readonly Option<string[]> _words = new("--words") { Description = "Cut these words alone. Default: all.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _onlyCorpus = new("--only-corpus") { Description = "Take these corpora alone; a name may end in *.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> _confidence = new("--min-confidence") { Description = "Leave out words that the model is less sure of, 0 to 1.", DefaultValueFactory = _ => 0.5 };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The model package whose network finds the words. Default: the one shipped." };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads of the network; 0 means one per processor." };
    private readonly CommandConsole _console;

    private CorpusWordsCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        CorpusWordsCommand self = new(console);
        Command command = new("words", "Cut single words out of recordings whose texts are known, as a corpus of words said alone.")
        {
            self._manifest, self._out, self._words, self._onlyCorpus, self._confidence, self._model, self._threads,
        };
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        double confidence = parsed.GetValue(_confidence);
        if (confidence is not (>= 0 and <= 1))
            throw new UsageException("--min-confidence must be from 0 to 1.");
        string folder = parsed.GetRequiredValue(_out);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new UsageException($"{folder} is not empty: give a new folder for the clips.");
        HashSet<string> wanted = [.. parsed.GetValue(_words) ?? []];
        await using Recognizer recognizer = Recognizer.Load(parsed.GetValue(_model) ?? ModelArguments.Default, parsed.GetValue(_threads), LanguageChoice.Nothing);
        int faults = 0;
        using ISpeechCorpus corpus = CorpusArguments.Open(
            parsed.GetRequiredValue(_manifest),
            new CorpusFilter { OnlyCorpora = parsed.GetValue(_onlyCorpus) ?? [], MaximumSeconds = Recognizer.LongestUtterance },
            recognizer.Model.FrontEnd.SampleRate,
            Fault);

        Directory.CreateDirectory(folder);
        using ProgressLine progress = new(_console, TimeProvider.System);
        using MemoryStream manifest = new();
        using StreamWriter rows = new(manifest) { NewLine = "\n" };
        rows.WriteLine("path\tduration_s\tspeaker\tcorpus\tlicence\ttext");
        int done = 0, clips = 0, unsure = 0;
        double seconds = 0;
        await foreach ((CorpusEntry entry, IReadOnlyList<WordClip> words, float[] samples, string? fault) in CorpusCutting.RunAsync(recognizer, corpus, cancellationToken).ConfigureAwait(false))
        {
            if (fault is not null)
                Fault(fault);
            foreach (WordClip word in words)
            {
                if (word.End <= word.Start || (wanted.Count > 0 && !wanted.Contains(word.Text)))
                    continue;
                if (word.Confidence < confidence)
                {
                    unsure++;
                    continue;
                }

                string name = $"{clips:D6}.wav";
                double length = (word.End - word.Start) / (double)corpus.SampleRate;
                WavWriter.Save(Path.Combine(folder, name), samples.AsSpan(word.Start..word.End), corpus.SampleRate);
                rows.WriteLine(string.Join('\t', name, length.ToString("F3", CultureInfo.InvariantCulture), entry.Speaker, $"{entry.Corpus}-words", entry.Licence, word.Text));
                seconds += length;
                clips++;
            }

            done++;
            progress.Show(_ => $"{done} of {corpus.Count} recordings, {clips} words");
        }

        rows.Flush();
        AtomicFile.Write(Path.Combine(folder, "manifest.tsv"), manifest.WriteTo);
        _console.EndProgress();
        _console.Out.WriteLine($"{Path.Combine(folder, "manifest.tsv")}: {clips} words, {seconds / 60:F1} minutes; {unsure} left out that the model is unsure of");
        return faults == 0 ? 0 : DsnCommand.Failed;

        void Fault(string sentence)
        {
            faults++;
            _console.Say(sentence);
        }
    }
}
