using System.CommandLine;
using System.Globalization;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Cli.Transcribing;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Cutting;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn corpus words</c>: single words cut out of recordings whose texts are known.</summary>
internal sealed class CorpusWordsCommand
{
    private readonly CuttingArguments _recordings = new("words that the model is less sure of", 0.5);
    private readonly Option<string> _out = new("--out") { Description = "Folder for the clips and their manifest.tsv.", Required = true };
    private readonly Option<string[]> _words = new("--words") { Description = "Cut these words alone. Default: all.", AllowMultipleArgumentsPerToken = true };
    private readonly CommandConsole _console;

    private CorpusWordsCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        CorpusWordsCommand self = new(console);
        Command command = new("words", "Cut single words out of recordings whose texts are known, as a corpus of words said alone.") { self._out, self._words };
        self._recordings.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        double confidence = _recordings.Confidence(parsed);
        string folder = parsed.GetRequiredValue(_out);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new UsageException($"{folder} is not empty: give a new folder for the clips.");
        HashSet<string> wanted = [.. parsed.GetValue(_words) ?? []];
        await using Recognizer recognizer = _recordings.Load(parsed);
        int faults = 0;
        using ISpeechCorpus corpus = _recordings.Open(parsed, recognizer, Fault);

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
