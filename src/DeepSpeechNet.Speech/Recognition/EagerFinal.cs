namespace DeepSpeechNet.Speech.Recognition;

/// <summary>A final text that is being worked out before it is certain that the utterance has ended.</summary>
internal sealed class EagerFinal
{
    private readonly CancellationTokenSource _stop;

    /// <summary>Starts to work it out.</summary>
    /// <param name="start">Where the utterance starts.</param>
    /// <param name="end">Where it ends, if nothing more is said.</param>
    /// <param name="transcribe">Works it out.</param>
    /// <param name="cancellationToken">The end of the session.</param>
    public EagerFinal(long start, long end, Func<CancellationToken, Task<Transcript>> transcribe, CancellationToken cancellationToken)
    {
        Start = start;
        End = end;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken token = _stop.Token;
        Transcript = Task.Run(() => RunAsync(transcribe, token), CancellationToken.None);
    }

    /// <summary>Where the utterance starts.</summary>
    public long Start { get; }

    /// <summary>Where it ends, if nothing more is said.</summary>
    public long End { get; }

    /// <summary>The text.</summary>
    public Task<Transcript> Transcript { get; }

    /// <summary>Speech went on: the text is not wanted any more.</summary>
    public void GiveUp()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It was done before.
        }
    }

    private async Task<Transcript> RunAsync(Func<CancellationToken, Task<Transcript>> transcribe, CancellationToken token)
    {
        try
        {
            return await transcribe(token).ConfigureAwait(false);
        }
        finally
        {
            _stop.Dispose();
        }
    }
}
