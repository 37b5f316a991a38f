using System.CommandLine;
using DeepSpeechNet.Cli.Languages;
using DeepSpeechNet.Language.Generation;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn language generate</c>: sentences drawn from a language model.</summary>
internal sealed class LanguageGenerateCommand
{
    private readonly Argument<string> _model = new("model") { Description = "A neural language model (folder or file), or an n-gram model (ARPA or binary)." };
    private readonly Option<int> _count = new("--count") { Description = "Sentences.", DefaultValueFactory = _ => 10 };
    private readonly Option<float> _temperature = new("--temperature") { Description = "Below 1 keeps to what is likely.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _begin = new("--begin") { Description = "How each sentence begins.", DefaultValueFactory = _ => "" };
    private readonly Option<int> _most = new("--most") { Description = "Symbols of a sentence at most.", DefaultValueFactory = _ => 400 };
    private readonly Option<int> _seed = new("--seed") { Description = "Chooses the draws.", DefaultValueFactory = _ => 1 };
    private readonly CommandConsole _console;

    private LanguageGenerateCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        LanguageGenerateCommand self = new(console);
        Command command = new("generate", "Draw sentences from a language model.") { self._model, self._count, self._temperature, self._begin, self._most, self._seed };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        float temperature = parsed.GetValue(_temperature);
        if (!(temperature > 0))
            throw new UsageException($"--temperature is {temperature}; it must be above 0.");
        if (parsed.GetValue(_count) < 1 || parsed.GetValue(_most) < 1)
            throw new UsageException("--count and --most must be 1 or more.");
        using OpenLanguageModel model = OpenLanguageModel.Open(parsed.GetRequiredValue(_model), threads: 1);
        using SymbolPredictor predictor = model.Predictor();
        TextSampler sampler = new(predictor, new Random(parsed.GetValue(_seed)), temperature);
        for (int i = 0; i < parsed.GetValue(_count); i++)
            _console.Out.WriteLine(sampler.Sentence(parsed.GetValue(_begin)!, parsed.GetValue(_most)));
        return 0;
    }
}
