using System.Text;

namespace DeepSpeechNet.Cli;

/// <summary>
/// Where a command reads and writes: results on <see cref="Out"/>, everything else on <see cref="Error"/>. The line that shows progress is redrawn on a
/// terminal and taken away before anything else is written. Thread-safe but for <see cref="Out"/>, which has one writer at a time.
/// </summary>
internal sealed class CommandConsole
{
    private readonly Lock _gate = new();
    private int _drawn;

    /// <summary>A console of given writers, which stay the caller's.</summary>
    /// <param name="output">Gets results.</param>
    /// <param name="error">Gets everything else.</param>
    /// <param name="openInput">Opens the standard input.</param>
    /// <param name="errorIsTerminal">Whether a person watches <paramref name="error"/>, so that progress is worth showing.</param>
    public CommandConsole(TextWriter output, TextWriter error, Func<Stream> openInput, bool errorIsTerminal)
    {
        Out = output;
        Error = error;
        OpenInput = openInput;
        ErrorIsTerminal = errorIsTerminal;
    }

    /// <summary>Gets results.</summary>
    public TextWriter Out { get; }

    /// <summary>Gets everything else.</summary>
    public TextWriter Error { get; }

    /// <summary>Opens the standard input.</summary>
    public Func<Stream> OpenInput { get; }

    /// <summary>Whether a person watches.</summary>
    public bool ErrorIsTerminal { get; }

    /// <summary>The console of this process. Results are buffered and UTF-8 wherever they go to a file or a pipe.</summary>
    public static CommandConsole OfProcess()
    {
        TextWriter output = Console.IsOutputRedirected
            ? new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 14)
            : Console.Out;
        return new CommandConsole(output, Console.Error, Console.OpenStandardInput, !Console.IsErrorRedirected);
    }

    /// <summary>Writes one sentence of warning or failure, with the program's name before it.</summary>
    public void Say(string sentence) => Line($"dsn: {sentence}");

    /// <summary>Writes a line to <see cref="Error"/>.</summary>
    public void Line(string text)
    {
        lock (_gate)
        {
            Erase();
            Error.WriteLine(text);
        }
    }

    /// <summary>Redraws the line that shows progress; nothing where nobody watches.</summary>
    public void Progress(string text)
    {
        if (!ErrorIsTerminal)
            return;
        lock (_gate)
        {
            Erase();
            Error.Write(text);
            _drawn = text.Length;
        }
    }

    /// <summary>Takes the line that shows progress away.</summary>
    public void EndProgress()
    {
        lock (_gate)
            Erase();
    }

    private void Erase()
    {
        if (_drawn > 0)
            Error.Write("\r" + new string(' ', _drawn) + "\r");
        _drawn = 0;
    }
}
