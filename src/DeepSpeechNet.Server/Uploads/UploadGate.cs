using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.Uploads;

/// <summary>How many uploads are in the house, and how many of those are recognised at once.</summary>
internal sealed class UploadGate : IDisposable
{
    private const int RetrySeconds = 2;

    private readonly ConcurrencyLimiter _present;
    private readonly ConcurrencyLimiter _working;

    public UploadGate(ServerLimits limits)
    {
        _present = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = limits.ConcurrentRequests + limits.WaitingRequests, QueueLimit = 0 });
        _working = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = limits.ConcurrentRequests, QueueLimit = limits.ConcurrentRequests + limits.WaitingRequests });
    }

    /// <summary>Lets an upload in, before its body is read.</summary>
    /// <exception cref="RefusalException">There are too many.</exception>
    public IDisposable Enter()
    {
        RateLimitLease lease = _present.AttemptAcquire();
        if (lease.IsAcquired)
            return lease;
        lease.Dispose();
        throw new RefusalException(StatusCodes.Status503ServiceUnavailable, "The server is at work on as many uploads as it takes; try again in a moment.", code: "overloaded") { RetryAfterSeconds = RetrySeconds };
    }

    /// <summary>Waits for an upload's turn.</summary>
    public async Task<IDisposable> WorkAsync(CancellationToken cancellationToken) => await _working.AcquireAsync(1, cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
        _present.Dispose();
        _working.Dispose();
    }
}
