namespace DeepSpeechNet.Speech.Corpora;

/// <summary>Decodes the rows of a manifest on several threads and hands the results on in the order of the rows.</summary>
internal static class OrderedDecoding
{
    // Enough that a long clip at the head does not leave the other threads idle, little enough to bound the memory.
    private const int AheadPerThread = 16;

    /// <summary>Calls <paramref name="take"/> for each row on the calling thread, with the samples or with what went wrong.</summary>
    public static void Run(IReadOnlyList<ManifestEntry> rows, ClipDecoder decode, int sampleRate, int threads,
        Action<ManifestEntry, float[]?, Exception?> take, CancellationToken cancellation)
    {
        TaskScheduler scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler;
        var running = new Queue<Task<(float[]?, Exception?)>>();
        int started = 0;
        try
        {
            for (int i = 0; i < rows.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (; started < rows.Count && running.Count < threads * AheadPerThread; started++)
                {
                    string path = rows[started].FullPath;
                    running.Enqueue(Task.Factory.StartNew(() => Decode(decode, path, sampleRate), cancellation,
                        TaskCreationOptions.DenyChildAttach, scheduler));
                }
                (float[]? samples, Exception? fault) = running.Dequeue().GetAwaiter().GetResult();
                take(rows[i], samples, fault);
            }
        }
        finally
        {
            // After a fault no thread may still be at work on this caller's behalf.
            try
            {
                Task.WaitAll([.. running], CancellationToken.None);
            }
            catch (AggregateException)
            {
                // The first fault is on its way already.
            }
        }
    }

    private static (float[]?, Exception?) Decode(ClipDecoder decode, string path, int sampleRate)
    {
        try
        {
            return (decode(path, sampleRate), null);
        }
        catch (Exception e) when (ClipFault.Is(e))
        {
            return (null, e);
        }
    }
}
