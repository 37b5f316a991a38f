using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>
/// How the groups of one launch wait for each other: each counts itself as come and asks until all have (Xiao and Feng 2010, "Inter-block GPU communication via fast barrier synchronization").
/// It needs all of them on the card at once, which whoever launches has to see to; a group that has asked in vain for very long goes on alone and makes NaN of all that it still writes, so that
/// no card hangs and no wrong number passes for a right one.
/// </summary>
internal static class GroupMeetings
{
    /// <summary>
    /// The end of a phase: what any group wrote before it is seen by all after it. All lanes of a group come here. Nobody waits after the last phase of a launch, and a group alone only for its own lanes.
    /// </summary>
    /// <param name="a">The run.</param>
    /// <param name="phase">The phase that ends.</param>
    /// <param name="doubt">What this returned after the phase before; zero at first.</param>
    /// <param name="shared">Shared memory that is free between phases.</param>
    /// <returns>Zero, or NaN once a group has waited in vain: what every sum starts from.</returns>
    public static float Meet(RecurrentRun a, int phase, float doubt, ArrayView<Four> shared)
    {
        if (phase + 1 == a.To)
            return doubt;
        if (a.Groups == 1)
        {
            Group.Barrier();
            return doubt;
        }

        MemoryFence.DeviceLevel();
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            int place = (Grid.IdxZ * Grid.DimY) + Grid.IdxY, all = a.Groups * (phase + 1 - a.From), asked = 0;
            Atomic.Add(ref a.Arrivals[place], 1);
            int come = Atomic.Add(ref a.Arrivals[place], 0);
            while (come >= 0 && come < all && asked < a.Patience)
            {
                come = Atomic.Add(ref a.Arrivals[place], 0);
                asked++;
            }

            // The sign tells the others not to wait.
            if (come < all)
            {
                Atomic.Or(ref a.Arrivals[place], int.MinValue);
                Atomic.Or(ref a.WaitedInVain[0], 1);
            }

            shared[0] = Four.Of(come < all ? float.NaN : doubt);
        }

        Group.Barrier();
        MemoryFence.DeviceLevel();
        doubt = shared[0].X;
        Group.Barrier();
        return doubt;
    }
}
