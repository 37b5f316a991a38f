using System.Net;
using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.Sockets;

/// <summary>Counts WebSocket sessions, in all and by address. Thread-safe.</summary>
internal sealed class SessionSlots(ServerLimits limits)
{
    private const int RetrySeconds = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _count;

    /// <summary>Sessions open now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place; disposing of it gives it back.</summary>
    /// <exception cref="RefusalException">All are taken.</exception>
    public IDisposable Take(IPAddress address)
    {
        lock (_lock)
        {
            int own = _byAddress.GetValueOrDefault(address);
            if (_count >= limits.Sessions || own >= limits.SessionsPerAddress)
            {
                throw new RefusalException(StatusCodes.Status503ServiceUnavailable, "The server has as many streams as it takes; try again in a moment.", code: "too_many_sessions")
                {
                    RetryAfterSeconds = RetrySeconds,
                };
            }

            _byAddress[address] = own + 1;
            _count++;
        }

        return new Place(this, address);
    }

    private void GiveBack(IPAddress address)
    {
        lock (_lock)
        {
            _count--;
            if (--_byAddress[address] == 0)
                _byAddress.Remove(address);
        }
    }

    private sealed class Place(SessionSlots slots, IPAddress address) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                slots.GiveBack(address);
        }
    }
}
