using System.CommandLine;
using DeepSpeechNet.Audio.Capture;
using DeepSpeechNet.Cli.Listening;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn listen</c>: microphone to text.</summary>
internal sealed class ListenCommand
{
    private readonly Option<bool> _list = new("--list") { Description = "List the microphones and do nothing else." };
    private readonly Option<string> _microphone = new("--microphone") { Description = "The microphone, by the name that --list shows.", DefaultValueFactory = _ => "default" };
    private readonly Option<int> _rate = new("--rate") { Description = "Samples a second to ask of it.", DefaultValueFactory = _ => 16000 };
    private readonly Option<string?> _save = new("--save") { Description = "Keep the sound in NAME.wav and the text in NAME.txt, NAME.srt and NAME.json." };
    private readonly Option<double> _seconds = new("--seconds") { Description = "Stop after so long; 0 for when it is interrupted (Ctrl-C)." };
    private readonly Option<bool> _noPartials = new("--no-partials") { Description = "Show finished utterances alone." };
    private readonly RecognizerArguments _recognizer = new();
    private readonly CommandConsole _console;

    private ListenCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        ListenCommand self = new(console);
        Command command = new("listen", "Write what is said into the microphone, until Ctrl-C.") { self._list, self._microphone, self._rate, self._save, self._seconds, self._noPartials };
        self._recognizer.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_list))
            return List();
        MicrophoneOptions asked = new() { Device = parsed.GetRequiredValue(_microphone), SampleRate = parsed.GetValue(_rate) };
        UsageException.Check(asked.Validate);
        double seconds = parsed.GetValue(_seconds);
        if (!(seconds is >= 0 and <= 1e7))
            throw new UsageException($"--seconds is {seconds}; it must be 0 (no end) or more.");
        SessionOptions options = new() { BeamWidth = _recognizer.Beam(parsed), Partials = _console.ErrorIsTerminal && !parsed.GetValue(_noPartials) };
        UsageException.Check(options.Validate);

        await using Recognizer recognizer = _recognizer.Load(parsed);
        TranscriptionOptions decoding = _recognizer.Complete(parsed, new TranscriptionOptions(), recognizer, _console);
        options = options with { LanguageModel = decoding.LanguageModel, HotWords = decoding.HotWords, Decoder = decoding.Decoder };
        using IMicrophone microphone = OptionalAudio.Microphones.Open(asked);
        using SavedListening? saved = parsed.GetValue(_save) is { } name ? new SavedListening(name, microphone.SampleRate) : null;
        if (_console.ErrorIsTerminal)
            _console.Line($"Listening to '{microphone.Device}'; Ctrl-C ends it.");
        await new Listener(recognizer, _console, new ListeningLine(_console, Width())).RunAsync(microphone, options, saved, seconds, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private int List()
    {
        IReadOnlyList<MicrophoneDevice> devices = OptionalAudio.Microphones.List();
        foreach (MicrophoneDevice device in devices)
            _console.Out.WriteLine($"{device.Name}\t{device.Description}");
        if (devices.Count == 0)
            _console.Say("There is no microphone here.");
        return devices.Count == 0 ? DsnCommand.Failed : 0;
    }

    private int Width()
    {
        try
        {
            // A terminal that does not know its width says 0.
            return _console.ErrorIsTerminal && Console.WindowWidth > 0 ? Math.Max(20, Console.WindowWidth) : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
