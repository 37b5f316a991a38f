namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>Shows how far the recordings are.</summary>
internal sealed class TranscriptionProgress : IDisposable
{
    private readonly ProgressLine _line;
    private readonly int _total;
    private int _done;
    private double _seconds;

    public TranscriptionProgress(CommandConsole console, int total)
    {
        _line = new ProgressLine(console, TimeProvider.System);
        _total = total;
    }

    /// <summary>Counts one recording.</summary>
    public void Done(FileOutcome outcome)
    {
        _done++;
        _seconds += outcome.Transcript?.Duration.TotalSeconds ?? 0;
        _line.Show(elapsed => $"{_done} of {_total} recordings, {_seconds / 60:F1} minutes, {_seconds / elapsed.TotalSeconds:F0} times faster than sound");
    }

    public void Dispose() => _line.Dispose();
}
