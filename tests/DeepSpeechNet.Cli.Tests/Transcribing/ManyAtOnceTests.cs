using DeepSpeechNet.Cli.Transcribing;

namespace DeepSpeechNet.Cli.Tests.Transcribing;

public sealed class ManyAtOnceTests
{
    [Fact]
    public async Task Results_come_in_order_whatever_is_done_first()
    {
        TaskCompletionSource last = new();
        List<int> order = [];
        await foreach ((int index, int square) in ManyAtOnce.RunAsync(20, 20, inOrder: true, Work, CancellationToken.None))
        {
            Assert.Equal(index * index, square);
            order.Add(index);
        }

        Assert.Equal(Enumerable.Range(0, 20), order);

        async Task<int> Work(int i, CancellationToken token)
        {
            if (i == 19)
                last.SetResult();
            else if (i == 0)
                await last.Task;
            return i * i;
        }
    }

    [Fact]
    public async Task Results_come_as_they_are_done_where_order_is_free()
    {
        TaskCompletionSource seen = new();
        List<int> order = [];
        await foreach ((int index, _) in ManyAtOnce.RunAsync(3, 3, inOrder: false, Work, CancellationToken.None))
        {
            order.Add(index);
            if (order.Count == 2)
                seen.SetResult();
        }

        Assert.Equal(0, order[2]);

        async Task<int> Work(int i, CancellationToken token)
        {
            if (i == 0)
                await seen.Task;
            return i;
        }
    }

    [Fact]
    public async Task No_more_are_under_way_than_asked_for()
    {
        int now = 0, most = 0;
        await foreach ((int Index, int Result) _ in ManyAtOnce.RunAsync(50, 4, inOrder: true, Work, CancellationToken.None))
        {
        }

        Assert.InRange(most, 1, 4);

        async Task<int> Work(int i, CancellationToken token)
        {
            int count = Interlocked.Increment(ref now);
            lock (this)
                most = Math.Max(most, count);
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return i;
        }
    }

    [Fact]
    public async Task What_one_throws_ends_all() => await Assert.ThrowsAsync<FormatException>(async () =>
    {
        await foreach ((int Index, int Result) _ in ManyAtOnce.RunAsync<int>(5, 2, inOrder: true, (i, _) => i == 3 ? throw new FormatException() : Task.FromResult(i), CancellationToken.None))
        {
        }
    });

    [Fact]
    public async Task A_cancelled_token_ends_all()
    {
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach ((int index, int _) in ManyAtOnce.RunAsync(1000, 2, inOrder: true, Work, stop.Token))
            {
                if (index == 2)
                    await stop.CancelAsync();
            }
        });

        static async Task<int> Work(int i, CancellationToken token)
        {
            await Task.Delay(1, token);
            return i;
        }
    }
}
