using System.Net.Sockets;
using System.Net.WebSockets;

namespace DeepSpeechNet.LoadClient;

/// <summary>A kind of misuse.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Clients">How many clients do it at the same time, each again and again.</param>
/// <param name="Round">One round of one client, until the server ends it or the row is over; gives what the server said.</param>
internal sealed record Misuse(string Name, int Clients, Func<Attacker, CancellationToken, Task<string>> Round)
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs all clients until told to stop, and counts the server's answers.</summary>
    public async Task<SortedDictionary<string, int>> RunAsync(Attacker attacker, CancellationToken stop)
    {
        SortedDictionary<string, int> answers = new(StringComparer.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                string answer = await AnswerAsync(attacker, stop);
                if (answer.Length == 0)
                    continue;
                lock (answers)
                    answers[answer] = answers.GetValueOrDefault(answer) + 1;
                await Task.Delay(Breath, CancellationToken.None);
            }
        }, CancellationToken.None)));
        return answers;
    }

    private async Task<string> AnswerAsync(Attacker attacker, CancellationToken stop)
    {
        try
        {
            return await Round(attacker, stop);
        }
        catch (RefusedException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is WebSocketException or IOException or SocketException or HttpRequestException)
        {
            return stop.IsCancellationRequested ? "" : "cut";
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return "";
        }
    }
}
