using System.CommandLine;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn pronounce</c>: how words are spoken, in phones.</summary>
internal sealed class PronounceCommand
{
    private readonly Argument<string[]> _words = new("words") { Description = "Words, or lines of standard input if there are none.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _model = new("--model") { Description = "A folder of 'dsn train pronouncer', or a model file that holds a pronouncer.", Required = true };
    private readonly CommandConsole _console;

    private PronounceCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        PronounceCommand self = new(console);
        Command command = new("pronounce", "Say in phones how words are spoken: a line 'word PH ON EM ES' each.") { self._words, self._model };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string[] words = [.. (parsed.GetValue(_words) is { Length: > 0 } given ? given : Lines()).Select(w => w.Trim().ToLowerInvariant()).Where(w => w.Length > 0)];
        if (Array.Find(words, w => !Pronouncer.CanSay(w)) is { } bad)
            throw new UsageException($"'{bad}' cannot be pronounced: words have letters a to z and apostrophes alone.");
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        Pronouncer pronouncer = Pronouncer.Load(parsed.GetRequiredValue(_model), device);
        IReadOnlyList<SpokenWord> said = pronouncer.Say(words);
        for (int i = 0; i < words.Length; i++)
            _console.Out.WriteLine($"{words[i]} {string.Join(' ', said[i].Phones.ToArray().Select(phone => pronouncer.Phones[phone]))}");
        return 0;
    }

    private string[] Lines()
    {
        using StreamReader reader = new(_console.OpenInput());
        return reader.ReadToEnd().Split('\n');
    }
}
