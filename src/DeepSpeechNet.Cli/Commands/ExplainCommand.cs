using System.CommandLine;
using System.Text;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Cli.Transcribing;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Speech.Explain;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn explain</c>: one recording as a page that shows what was heard and why it became the text that it became.</summary>
internal sealed class ExplainCommand
{
    private readonly Argument<string> _path = new("file") { Description = "An audio file, or - for the standard input." };
    private readonly Option<string?> _out = new("--out", "-o") { Description = "The page to write or to replace. Default: the file's name with .html, in the current folder." };
    private readonly Option<string?> _reference = new("--reference") { Description = "What was said, to be held against what was recognised." };
    private readonly Option<double> _start = new("--start") { Description = $"Where to begin, in seconds; a page shows at most {ExplainOptions.LongestPart} s." };
    private readonly Option<int> _alternatives = new("--alternatives") { Description = "How many readings to list. Default: 10.", DefaultValueFactory = _ => 10 };
    private readonly RecognizerArguments _recognizer = new();
    private readonly CommandConsole _console;

    private ExplainCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        ExplainCommand self = new(console);
        Command command = new("explain", "Show as a page why a recording became the text that it became.") { self._path, self._out, self._reference, self._start, self._alternatives };
        self._recognizer.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ExplainOptions options = new()
        {
            Recognition = new TranscriptionOptions { BeamWidth = _recognizer.Beam(parsed), Alternatives = parsed.GetValue(_alternatives) },
            StartSeconds = parsed.GetValue(_start),
            Reference = parsed.GetValue(_reference),
        };
        UsageException.Check(options.Validate);
        string path = parsed.GetRequiredValue(_path);
        AudioInput input = new(path, path);
        string page = parsed.GetValue(_out) ?? PageOf(input);
        await using Recognizer recognizer = _recognizer.Load(parsed);
        options = options with { Recognition = _recognizer.Complete(parsed, options.Recognition, recognizer, _console) };
        (AudioClip? clip, string? fault) = await Task.Run(() => FileTranscriber.Read(input, recognizer.Model.FrontEnd.SampleRate, _console.OpenInput), cancellationToken).ConfigureAwait(false);
        if (clip is null)
        {
            _console.Say(fault!);
            return DsnCommand.Failed;
        }

        foreach (string warning in clip.Warnings)
            _console.Say($"{input.Name}: {warning}");
        if (options.StartSeconds >= clip.Duration.TotalSeconds && clip.Samples.Length > 0)
            throw new UsageException($"{input.Name} lasts {clip.Duration.TotalSeconds:F1} s; --start {options.StartSeconds} lies behind its end.");
        if (options.StartSeconds > 0 && clip.Duration.TotalSeconds <= ExplainOptions.LongestPart)
            throw new UsageException($"{input.Name} lasts {clip.Duration.TotalSeconds:F1} s and fits one page whole: leave out --start.");

        Explanation explanation = await new Explainer(recognizer).ExplainAsync(clip, input.Name, _recognizer.Model(parsed), options, cancellationToken).ConfigureAwait(false);
        AtomicFile.Write(page, stream =>
        {
            using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            ExplanationPage.Write(writer, explanation);
        });
        if (explanation.IsPart)
        {
            TimeSpan end = explanation.Start + explanation.Sound.Duration;
            _console.Say(
                $"{input.Name} lasts {clip.Duration.TotalSeconds:F0} s and a page shows at most {ExplainOptions.LongestPart} s: this one shows {explanation.Start.TotalSeconds:0.##} s to {end.TotalSeconds:0.##} s" +
                (end < clip.Duration ? $"; for the next part add --start {end.TotalSeconds:0.##}." : ", the end."));
        }

        _console.Out.WriteLine($"{page}: {explanation.Text}".TrimEnd());
        return 0;
    }

    private static string PageOf(AudioInput input) => (input.IsStandardInput ? "stdin" : Path.GetFileNameWithoutExtension(input.Path)) + ".html";
}
