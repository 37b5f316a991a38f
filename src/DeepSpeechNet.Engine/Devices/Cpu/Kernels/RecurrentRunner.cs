namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Drives the directions of a recurrent layer through their steps on the device's threads. Each direction has its own share of the threads
/// where they can be divided so; else all threads take all directions step by step together. The threads of a direction divide its
/// blocks of units.
/// </summary>
internal sealed unsafe class RecurrentRunner
{
    /// <summary>Multiply-adds below which waking the other threads costs more than they save.</summary>
    private const long SmallWork = 1 << 20;

    private readonly RecurrentCell[] _cells;
    private readonly bool _backward;
    private readonly float* _scratch;
    private readonly int _scratchSize;
    private readonly int _groups;
    private readonly int _membersPerGroup;
    private readonly SpinBarrier[] _barriers;

    private RecurrentRunner(RecurrentCell[] cells, bool backward, int threads, Func<long, nint> rent)
    {
        _cells = cells;
        _backward = backward;
        bool divides = threads >= cells.Length && (threads % cells.Length == 0 || threads / cells.Length >= cells[0].Blocks);
        _groups = divides ? cells.Length : 1;
        _membersPerGroup = Math.Min(threads / _groups, cells[0].Blocks);
        _barriers = new SpinBarrier[_groups];
        for (int g = 0; g < _groups; g++)
            _barriers[g] = new SpinBarrier(_membersPerGroup);
        _scratchSize = (cells[0].ScratchSize + 15) / 16 * 16;
        _scratch = (float*)rent((long)_groups * _membersPerGroup * _scratchSize);
    }

    /// <summary>Runs all steps of all directions, which have equal shapes.</summary>
    /// <param name="cells">The directions.</param>
    /// <param name="backward">Whether the steps are the backward pass's.</param>
    /// <param name="gates">G.</param>
    /// <param name="team">The threads.</param>
    /// <param name="rent">Gives that many floats of scratch, 64-byte aligned.</param>
    public static void Run(RecurrentCell[] cells, bool backward, int gates, WorkerTeam team, Func<long, nint> rent)
    {
        RecurrentCell cell = cells[0];
        long work = (long)cells.Length * cell.Time * cell.Batch * gates * cell.Units * cell.Units;
        if (team.Size == 1 || work < SmallWork)
            new RecurrentRunner(cells, backward, 1, rent).Member(0);
        else
            team.Run(new RecurrentRunner(cells, backward, team.Size, rent).Member);
    }

    private void Member(int member)
    {
        int group = member / _membersPerGroup, rank = member % _membersPerGroup;
        if (group >= _groups)
            return;
        float* scratch = _scratch + ((nint)member * _scratchSize);
        int blocks = _cells[0].Blocks;
        int first = blocks * rank / _membersPerGroup, end = blocks * (rank + 1) / _membersPerGroup;
        if (_groups == _cells.Length)
        {
            Steps(_cells.AsSpan(group, 1), _barriers[group], first, end, scratch);
        }
        else if (_membersPerGroup == 1)
        {
            // Alone: one direction after the other, so that the weights of one stay in the cache.
            for (int d = 0; d < _cells.Length; d++)
                Steps(_cells.AsSpan(d, 1), _barriers[0], first, end, scratch);
        }
        else
        {
            Steps(_cells, _barriers[0], first, end, scratch);
        }
    }

    private void Steps(ReadOnlySpan<RecurrentCell> cells, SpinBarrier barrier, int first, int end, float* scratch)
    {
        long passed = 0;
        int time = cells[0].Time;
        int phases = _backward ? cells[0].BackwardPhases : cells[0].ForwardPhases;
        for (int i = 0; i < time; i++)
        {
            for (int phase = 0; phase < phases; phase++)
            {
                foreach (RecurrentCell cell in cells)
                {
                    if (_backward)
                        cell.Backward(time - 1 - i, phase, first, end, scratch);
                    else
                        cell.Forward(i, phase, first, end, scratch);
                }

                if (!_backward || phase < phases - 1)
                    barrier.Wait(ref passed);
            }
        }
    }
}
