namespace DeepSpeechNet.Testing;

/// <summary>What work allocates in steady state.</summary>
public static class Allocation
{
    /// <summary>
    /// The fewest bytes that this thread allocates in a run of the work. Work that allocates does so in every run. The runtime's own
    /// share falls into some: a collection that another test starts counts the unused rest of this thread's block, up to 8 KiB, as
    /// allocated; a lock first fought over, or a path first taken, allocates once.
    /// </summary>
    /// <param name="work">The work, which can be repeated; runs until it allocates nothing.</param>
    /// <param name="runs">At most so many runs.</param>
    public static long Least(Action work, int runs = 10)
    {
        long least = long.MaxValue;
        for (int run = 0; run < runs && least > 0; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
