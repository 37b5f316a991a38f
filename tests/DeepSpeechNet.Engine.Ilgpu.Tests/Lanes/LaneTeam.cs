using DeepSpeechNet.Engine.Ilgpu.Machines;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;

/// <summary>
/// The lanes of one group, each on a thread of its own, of which exactly one runs at any time: a lane runs up to a barrier, then the next does. So what a
/// lane reads of another's work before a barrier is not there yet, and the missing barrier shows every time. Every other group runs from the last lane to
/// the first.
/// </summary>
internal sealed class LaneTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly Turn[] _turns;
    private readonly Turn _over = new();
    private readonly List<byte[]> _shared = [];
    private readonly Lane[] _lanes;
    private readonly bool[] _finished;
    private readonly GroupRing? _ring;
    private Action? _work;
    private Exception? _failure;
    private bool _backwards;
    private bool _disposed;
    private int _met;
    private int _ended;
    private int _next;

    /// <summary>A team of its own, or one of those whose groups run side by side.</summary>
    public LaneTeam(int lanes, GroupRing? ring = null)
    {
        _ring = ring;
        _turns = new Turn[lanes];
        _lanes = new Lane[lanes];
        _finished = new bool[lanes];
        _threads = new Thread[lanes == 1 && ring is null ? 0 : lanes];
        for (int i = 0; i < lanes; i++)
        {
            int number = i;
            _turns[i] = new Turn();
            _lanes[i] = new Lane(this, i);
            if (_threads.Length == 0)
                continue;
            _threads[i] = new Thread(() => Run(number)) { IsBackground = true, Name = $"lane {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>What went wrong in the group, if anything did.</summary>
    public Exception? Failure => _failure is null ? null : new InvalidOperationException($"A lane of group ({_lanes[0].Group.X}, {_lanes[0].Group.Y}, {_lanes[0].Group.Z}) failed: {_failure.Message}", _failure);

    /// <summary>Runs one group to its end.</summary>
    public void RunGroup(Action work, Extent groups, Extent group, Extent lanes)
    {
        Prepare(work, groups, group, lanes);
        if (_threads.Length == 0)
        {
            // A lane alone waits for nobody.
            _lanes[0].Enter();
            work();
            return;
        }

        Resume();
        _over.Await();
        if (Failure is { } failure)
            throw failure;
    }

    /// <summary>Puts the lanes into a group.</summary>
    public void Prepare(Action work, Extent groups, Extent group, Extent lanes)
    {
        _work = work;
        _failure = null;
        _met = _ended = 0;
        _backwards = !_backwards;
        foreach (byte[] piece in _shared)
            piece.AsSpan().Fill(0xFF);
        for (int i = 0; i < _lanes.Length; i++)
        {
            _finished[i] = false;
            _lanes[i].Place(groups, group, lanes, i);
        }

        _next = First;
    }

    /// <summary>Lets the group go on where it was.</summary>
    public void Resume() => _turns[_next].Give();

    /// <summary>Hands the turn to the other groups, where there are any.</summary>
    public void Yield(int lane)
    {
        if (_ring is null)
            return;
        _next = lane;
        _ring.ResumeOne();
        _turns[lane].Await();
    }

    /// <summary>The piece of shared memory of this number.</summary>
    public byte[] Shared(int number, int bytes)
    {
        if (number == _shared.Count)
        {
            byte[] piece = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
            piece.AsSpan().Fill(0xFF);
            _shared.Add(piece);
        }

        // A team serves many kernels: a piece grows to the largest.
        if (_shared[number].Length < bytes)
        {
            _shared[number] = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
            _shared[number].AsSpan().Fill(0xFF);
        }

        return _shared[number];
    }

    public void Meet(int lane)
    {
        if (_threads.Length == 0)
            return;
        if (_ended > 0 && _failure is null)
            _failure = new InvalidOperationException("Some lanes wait at a barrier that others never reach.");
        _met++;
        Pass(lane);
        _turns[lane].Await();
        if (_failure is not null)
            throw new OperationCanceledException();
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (Turn turn in _turns)
            turn.Give();
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private int First => _backwards ? _lanes.Length - 1 : 0;

    private void Run(int lane)
    {
        _lanes[lane].Enter();
        while (true)
        {
            _turns[lane].Await();
            if (_disposed)
                return;
            try
            {
                _work!();
                if (_met > 0)
                    _failure ??= new InvalidOperationException("A lane ended while others wait at a barrier.");
            }
            catch (OperationCanceledException) when (_failure is not null)
            {
            }
            catch (Exception e)
            {
                _failure ??= e;
            }

            _finished[lane] = true;
            _ended++;
            if (_ended == _lanes.Length && _ring is not null)
                _ring.End(this);
            else if (_ended == _lanes.Length)
                _over.Give();
            else
                Pass(lane);
        }
    }

    /// <summary>Hands the turn to the next lane; the last one's goes to the first.</summary>
    private void Pass(int lane)
    {
        int next = lane;
        do
        {
            next = _backwards ? (next == 0 ? _lanes.Length - 1 : next - 1) : (next + 1) % _lanes.Length;
            if (next == First)
                _met = 0;
        }
        while (_finished[next]);
        _turns[next].Give();
    }
}
