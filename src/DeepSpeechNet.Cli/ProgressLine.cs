namespace DeepSpeechNet.Cli;

/// <summary>Progress of work that takes long enough to be worth showing: from two seconds on, a few times a second, on a terminal only.</summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), Pause = TimeSpan.FromSeconds(0.2);

    private readonly CommandConsole _console;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private long _next;

    public ProgressLine(CommandConsole console, TimeProvider clock)
    {
        _console = console;
        _clock = clock;
        _start = clock.GetTimestamp();
        _next = _start + (long)(Patience.TotalSeconds * clock.TimestampFrequency);
    }

    /// <summary>Time since the work began.</summary>
    public TimeSpan Elapsed => _clock.GetElapsedTime(_start);

    /// <summary>Shows how far the work is, unless it was shown just now. The text gets the time since the beginning.</summary>
    public void Show(Func<TimeSpan, string> text)
    {
        long now = _clock.GetTimestamp();
        long next = Volatile.Read(ref _next);
        if (!_console.ErrorIsTerminal || now < next)
            return;
        long then = now + (long)(Pause.TotalSeconds * _clock.TimestampFrequency);
        if (Interlocked.CompareExchange(ref _next, then, next) == next)
            _console.Progress(text(Elapsed));
    }

    public void Dispose() => _console.EndProgress();
}
