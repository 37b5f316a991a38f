using System.Collections.Concurrent;
using DeepSpeechNet.Server.Sockets;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server.Vosk;

/// <summary>A session whose updates are collected, so that every message can be answered with what is known by then. One caller at a time.</summary>
internal sealed class VoskStream : IAsyncDisposable
{
    private readonly Func<RecognitionSession> _start;
    private readonly VoskSettings _settings;
    private readonly PcmDecoder _decoder = new(PcmFormat.Int16);
    private readonly ConcurrentQueue<TranscriptUpdate> _finals = new();
    private RecognitionSession _session;
    private Task _collecting;
    private TimeSpan _before;
    private volatile string _partial = "";

    /// <summary>Starts to listen.</summary>
    /// <param name="start">Starts a session.</param>
    /// <param name="settings">What the client configured.</param>
    public VoskStream(Func<RecognitionSession> start, VoskSettings settings)
    {
        _start = start;
        _settings = settings;
        _session = start();
        _collecting = CollectAsync(_session, _before);
    }

    /// <summary>How much was heard.</summary>
    public TimeSpan Heard => _before + _session.Position;

    /// <summary>Hears samples and says what is known: the oldest utterance that has ended and was not told yet, or else the text of the one that goes on.</summary>
    public async Task<byte[]> HearAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _session.WriteAsync(_decoder.Decode(bytes.Span), cancellationToken).ConfigureAwait(false);
        return _finals.TryDequeue(out TranscriptUpdate? final) ? VoskJson.Result([final], _settings) : VoskJson.Partial(_partial);
    }

    /// <summary>Ends the utterance here, tells everything that was not told yet, and goes on; times go on too.</summary>
    public async Task<byte[]> CutAsync(CancellationToken cancellationToken)
    {
        byte[] answer = await EndAsync(cancellationToken).ConfigureAwait(false);
        TimeSpan heard = Heard;
        await _session.DisposeAsync().ConfigureAwait(false);
        _session = _start();
        _before = heard;
        _collecting = CollectAsync(_session, heard);
        return answer;
    }

    /// <summary>Ends the stream and tells everything that was not told yet.</summary>
    public async Task<byte[]> EndAsync(CancellationToken cancellationToken)
    {
        await _session.CompleteAsync(cancellationToken).ConfigureAwait(false);
        await _collecting.ConfigureAwait(false);
        List<TranscriptUpdate> finals = [];
        while (_finals.TryDequeue(out TranscriptUpdate? final))
            finals.Add(final);
        _partial = "";
        return VoskJson.Result(finals, _settings);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync().ConfigureAwait(false);
        await _collecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task CollectAsync(RecognitionSession session, TimeSpan before)
    {
        await foreach (TranscriptUpdate update in session.Updates.ConfigureAwait(false))
        {
            _partial = update.IsFinal ? "" : update.Text;
            if (update.IsFinal)
                _finals.Enqueue(before == TimeSpan.Zero ? update : update with { Words = [.. update.Words.Select(w => w with { Start = w.Start + before, End = w.End + before })] });
        }
    }
}
