using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.Security;

/// <summary>How often an address may ask: a bucket of one minute's requests that fills evenly. An IPv6 network of 64 bits, which one household has, counts as one address.</summary>
internal sealed class CallerRate : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> _limiter;

    public CallerRate(ServerLimits limits)
    {
        // Ten refills a minute at least, so that the wait is short, and no more tokens a refill than the limit says.
        int refills = Math.Min(60, limits.RequestsPerMinute);
        TokenBucketRateLimiterOptions options = new()
        {
            TokenLimit = limits.RequestsPerMinute,
            TokensPerPeriod = limits.RequestsPerMinute / refills,
            ReplenishmentPeriod = TimeSpan.FromSeconds(60.0 / refills),
            QueueLimit = 0,
        };
        _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetTokenBucketLimiter(Network(address), _ => options));
    }

    /// <summary>Counts a request.</summary>
    /// <exception cref="RefusalException">It is one too many.</exception>
    public void Count(IPAddress address)
    {
        using RateLimitLease lease = _limiter.AttemptAcquire(address);
        if (lease.IsAcquired)
            return;
        int wait = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan retry) ? Math.Max(1, (int)Math.Ceiling(retry.TotalSeconds)) : 1;
        throw new RefusalException(StatusCodes.Status429TooManyRequests, "There were too many requests from this address; try again in a moment.", code: "rate_limit_exceeded") { RetryAfterSeconds = wait };
    }

    public void Dispose() => _limiter.Dispose();

    internal static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
