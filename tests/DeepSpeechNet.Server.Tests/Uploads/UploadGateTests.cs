using DeepSpeechNet.Server.Uploads;

namespace DeepSpeechNet.Server.Tests.Uploads;

public sealed class UploadGateTests
{
    [Fact]
    public async Task As_many_work_as_may_and_the_others_wait_in_order()
    {
        using UploadGate gate = new(new ServerLimits { ConcurrentRequests = 1, WaitingRequests = 1 });
        IDisposable first = gate.Enter(), second = gate.Enter();
        RefusalException refusal = Assert.Throws<RefusalException>(gate.Enter);
        Assert.Equal(503, refusal.Status);
        Assert.True(refusal.RetryAfterSeconds > 0);
        IDisposable working = await gate.WorkAsync(CancellationToken.None);
        Task<IDisposable> waiting = gate.WorkAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        working.Dispose();
        first.Dispose();
        (await waiting).Dispose();
        second.Dispose();
        gate.Enter().Dispose();
    }
}
