using System.Net;
using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.Security;

/// <summary>Addresses that may open no new stream for a while, since one of theirs flooded the server: opening the next at once would be the same flood. Thread-safe.</summary>
/// <param name="length">How long.</param>
/// <param name="time">The clock.</param>
internal sealed class PausedCallers(TimeSpan length, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, long> _since = [];

    /// <summary>Pauses an address from now on; an IPv6 network of 64 bits counts as one.</summary>
    public void Pause(IPAddress address)
    {
        lock (_lock)
        {
            foreach (IPAddress over in _since.Where(p => time.GetElapsedTime(p.Value) >= length).Select(p => p.Key).ToArray())
                _since.Remove(over);
            _since[CallerRate.Network(address)] = time.GetTimestamp();
        }
    }

    /// <summary>Refuses an address that is paused.</summary>
    /// <exception cref="RefusalException">It is.</exception>
    public void Check(IPAddress address)
    {
        TimeSpan left;
        lock (_lock)
        {
            if (!_since.TryGetValue(CallerRate.Network(address), out long since))
                return;
            left = length - time.GetElapsedTime(since);
        }

        if (left > TimeSpan.Zero)
            throw new RefusalException(StatusCodes.Status429TooManyRequests, "A stream of this address sent far too many messages; open the next one in a moment.", code: "rate_limit_exceeded") { RetryAfterSeconds = (int)Math.Ceiling(left.TotalSeconds) };
    }
}
