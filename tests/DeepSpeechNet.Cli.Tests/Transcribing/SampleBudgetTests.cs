using DeepSpeechNet.Cli.Transcribing;

namespace DeepSpeechNet.Cli.Tests.Transcribing;

public sealed class SampleBudgetTests
{
    [Fact]
    public async Task Reading_waits_while_too_much_is_held()
    {
        SampleBudget budget = new(100);
        Assert.True(budget.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
        budget.Add(150);
        Task waiting = budget.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        budget.Remove(60);
        await waiting;
        Assert.True(budget.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_cancelled_wait_ends()
    {
        SampleBudget budget = new(1);
        budget.Add(1);
        using CancellationTokenSource stop = new();
        Task waiting = budget.WaitAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
