using System.CommandLine;
using DeepSpeechNet.Cli.Evaluating;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn corpus info</c>: what a packed store holds.</summary>
internal sealed class CorpusInfoCommand
{
    private readonly Argument<string> _store = new("store") { Description = "A packed store." };
    private readonly CommandConsole _console;

    private CorpusInfoCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        CorpusInfoCommand self = new(console);
        Command command = new("info", "Say what a packed store holds.") { self._store };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_store);
        using SampleStore store = SampleStore.Open(path);
        CorpusEntry[] clips = new CorpusEntry[store.Count];
        for (int i = 0; i < clips.Length; i++)
            clips[i] = store[i];
        _console.Out.WriteLine($"{path}: {clips.Length} clips, {Hours(clips)} hours at {store.SampleRate} Hz, {new FileInfo(path).Length / 1e6:F1} MB");
        _console.Out.WriteLine();
        TextTable table = new("corpus", "clips", "hours", "speakers", "words", "shortest", "longest", "licence");
        foreach (IGrouping<string, CorpusEntry> corpus in clips.GroupBy(c => c.Corpus).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            table.Add(
                EvaluationText.Named(corpus.Key),
                $"{corpus.Count()}",
                Hours(corpus),
                $"{corpus.Select(c => c.Speaker).Where(s => s.Length > 0).Distinct().Count()}",
                $"{corpus.Sum(c => Language.Metrics.WordErrorRate.Words(c.Text).Length)}",
                $"{corpus.Min(c => c.Seconds):F2} s",
                $"{corpus.Max(c => c.Seconds):F2} s",
                string.Join(", ", corpus.Select(c => c.Licence).Where(l => l.Length > 0).Distinct().Order(StringComparer.Ordinal)));
        }

        table.Write(_console.Out);
        return 0;
    }

    private static string Hours(IEnumerable<CorpusEntry> clips) => (clips.Sum(c => c.Seconds) / 3600).ToString("F2");
}
