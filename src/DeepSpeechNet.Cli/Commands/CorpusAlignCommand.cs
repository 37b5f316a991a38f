using System.CommandLine;
using DeepSpeechNet.Cli.Transcribing;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Cutting;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn corpus align</c>: where the words of recordings end whose texts are known.</summary>
internal sealed class CorpusAlignCommand
{
    private readonly CuttingArguments _recordings = new("recordings with a word that the model is less sure of", 0.01);
    private readonly Option<string> _out = new("--out") { Description = "The file to write: path, text, and where each word ends, in seconds.", Required = true };
    private readonly CommandConsole _console;

    private CorpusAlignCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        CorpusAlignCommand self = new(console);
        Command command = new("align", "Find where the words of recordings end whose texts are known, for 'dsn train speech --word-times'.") { self._out };
        self._recordings.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        double confidence = _recordings.Confidence(parsed);
        await using Recognizer recognizer = _recordings.Load(parsed);
        int faults = 0;
        using ISpeechCorpus corpus = _recordings.Open(parsed, recognizer, Fault);

        using ProgressLine progress = new(_console, TimeProvider.System);
        using MemoryStream table = new();
        using StreamWriter rows = new(table) { NewLine = "\n" };
        rows.WriteLine(WordTimes.Header);
        int done = 0, aligned = 0;
        await foreach ((CorpusEntry entry, IReadOnlyList<WordClip> words, _, string? fault) in CorpusCutting.RunAsync(recognizer, corpus, cancellationToken).ConfigureAwait(false))
        {
            if (fault is not null)
                Fault(fault);

            // A text that the alphabet had to respell may have other words than the manifest says.
            if (words.Count > 0 && words.Count == entry.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length && words.All(w => w.Confidence >= confidence))
            {
                rows.WriteLine(WordTimes.Row(entry, words.Select(w => w.End / (double)corpus.SampleRate)));
                aligned++;
            }

            done++;
            progress.Show(_ => $"{done} of {corpus.Count} recordings");
        }

        rows.Flush();
        string path = parsed.GetRequiredValue(_out);
        AtomicFile.Write(path, table.WriteTo);
        _console.EndProgress();
        _console.Out.WriteLine($"{path}: the words of {aligned} of {corpus.Count} recordings");
        return faults == 0 ? 0 : DsnCommand.Failed;

        void Fault(string sentence)
        {
            faults++;
            _console.Say(sentence);
        }
    }
}
