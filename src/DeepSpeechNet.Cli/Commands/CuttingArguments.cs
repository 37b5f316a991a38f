using System.CommandLine;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>The options of commands that find the words of recordings by a network: which recordings, which network, how sure it must be.</summary>
internal sealed class CuttingArguments(string unsure, double sure)
{
    private readonly Option<string[]> _manifest = new("--manifest") { Description = "Manifests or packed stores with the recordings and their texts.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _onlyCorpus = new("--only-corpus") { Description = "Take these corpora alone; in a name * stands for any letters.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> _confidence = new("--min-confidence") { Description = $"Leave out {unsure}, 0 to 1.", DefaultValueFactory = _ => sure };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The model package whose network finds the words. Default: the one shipped." };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads of the network; 0 means one per processor." };

    public void AddTo(Command command)
    {
        command.Add(_manifest);
        command.Add(_onlyCorpus);
        command.Add(_confidence);
        command.Add(_model);
        command.Add(_threads);
    }

    /// <summary>How sure the network must be.</summary>
    /// <exception cref="UsageException">It is no probability.</exception>
    public double Confidence(ParseResult parsed) =>
        parsed.GetValue(_confidence) is >= 0 and <= 1 and double confidence ? confidence : throw new UsageException("--min-confidence must be from 0 to 1.");

    /// <summary>The network.</summary>
    public Recognizer Load(ParseResult parsed) => Recognizer.Load(ModelArguments.Package(parsed.GetValue(_model)), parsed.GetValue(_threads), LanguageChoice.Nothing);

    /// <summary>The recordings that the network can take, at its rate.</summary>
    public ISpeechCorpus Open(ParseResult parsed, Recognizer recognizer, Action<string> warn) => CorpusArguments.Open(
        parsed.GetRequiredValue(_manifest),
        new CorpusFilter { OnlyCorpora = parsed.GetValue(_onlyCorpus) ?? [], MaximumSeconds = Recognizer.LongestUtterance },
        recognizer.Model.FrontEnd.SampleRate,
        warn);
}
