using System.Net;

namespace DeepSpeechNet.Server.Security;

/// <summary>Counts what callers hold at the same time, in all and by address, so that one caller cannot take everything. Thread-safe.</summary>
/// <param name="most">The most of all callers.</param>
/// <param name="mostOfOne">The most of one address; an IPv6 network of 64 bits counts as one.</param>
internal sealed class AddressSlots(int most, int mostOfOne)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _count;

    /// <summary>Places taken now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place, which disposing of it gives back; null if there is none.</summary>
    public IDisposable? TryTake(IPAddress address)
    {
        IPAddress network = CallerRate.Network(address);
        lock (_lock)
        {
            int own = _byAddress.GetValueOrDefault(network);
            if (_count >= most || own >= mostOfOne)
                return null;
            _byAddress[network] = own + 1;
            _count++;
        }

        return new Place(this, network);
    }

    private void GiveBack(IPAddress network)
    {
        lock (_lock)
        {
            _count--;
            if (--_byAddress[network] == 0)
                _byAddress.Remove(network);
        }
    }

    private sealed class Place(AddressSlots slots, IPAddress network) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                slots.GiveBack(network);
        }
    }
}
