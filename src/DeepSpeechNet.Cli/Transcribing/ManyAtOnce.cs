using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>Does many pieces of work at once, as many as are worth having under way.</summary>
internal static class ManyAtOnce
{
    /// <summary>Runs work for the numbers 0 to <paramref name="count"/> - 1; results come in this order, or each as it is done.</summary>
    /// <param name="count">How many pieces there are.</param>
    /// <param name="atOnce">How many are under way at most.</param>
    /// <param name="inOrder">Whether results come in order.</param>
    /// <param name="work">Does one piece. What it throws ends all.</param>
    /// <param name="cancellationToken">Ends all.</param>
    public static async IAsyncEnumerable<(int Index, T Result)> RunAsync<T>(
        int count,
        int atOnce,
        bool inOrder,
        Func<int, CancellationToken, Task<T>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<(int, T)> done = Channel.CreateUnbounded<(int, T)>();
        Task pump = Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = stop.Token }, async (i, token) =>
            done.Writer.TryWrite((i, await work(i, token).ConfigureAwait(false)))).AsTask(done.Writer);
        try
        {
            Dictionary<int, T> early = [];
            int next = 0;
            await foreach ((int index, T result) in done.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                if (!inOrder)
                {
                    yield return (index, result);
                    continue;
                }

                early.Add(index, result);
                while (early.Remove(next, out T? ready))
                    yield return (next++, ready);
            }
        }
        finally
        {
            // A caller that stops early must not leave work behind.
            await stop.CancelAsync().ConfigureAwait(false);
            await pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await pump.ConfigureAwait(false);
    }

    private static async Task AsTask<T>(this Task work, ChannelWriter<T> writer)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        finally
        {
            writer.Complete();
        }
    }
}
