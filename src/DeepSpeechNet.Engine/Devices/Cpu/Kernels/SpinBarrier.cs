using System.Runtime.InteropServices;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Lets the threads that share a recurrence meet once a step, some thousand times a second: by spinning, and after about 20 microseconds
/// by giving the core away each time round, since on a loaded machine the thread that is waited for may need that very core.
/// </summary>
internal sealed class SpinBarrier(int members)
{
    private const int SpinsBeforeYield = 500;

    private Padded _arrived;

    /// <summary>
    /// Waits until all members have come as often as this one. <paramref name="passed"/> is the caller's own count, zero at first.
    /// </summary>
    public void Wait(ref long passed)
    {
        if (members == 1)
            return;
        passed += members;
        if (Interlocked.Increment(ref _arrived.Count) >= passed)
            return;
        int spins = 0;
        while (Volatile.Read(ref _arrived.Count) < passed)
        {
            if (++spins > SpinsBeforeYield)
                Thread.Yield();
            else
                Thread.SpinWait(1);
        }
    }

    /// <summary>A count with a cache line to itself.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Padded
    {
        [FieldOffset(64)]
        public long Count;
    }
}
