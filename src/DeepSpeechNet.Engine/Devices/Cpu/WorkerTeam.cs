namespace DeepSpeechNet.Engine.Devices.Cpu;

/// <summary>
/// The threads of the CPU device. <see cref="Run"/> lets each member do its part of a job and returns when all are done;
/// <see cref="RunShared"/> is for jobs that hand out their work piece by piece, and does not wait for members that come late. Waiting
/// members spin for some microseconds, since the next primitive mostly follows at once, then give the core away, then sleep.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private const int SpinsBeforeYield = 2_000;
    private const int SpinsBeforeSleep = 6_000;
    private const int Closed = 1 << 30;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _sleeping;
    private Action<int>? _job;
    private Exception? _fault;

    /// <summary>Rises by two with each job; odd while the job is one that every member must do.</summary>
    private int _generation;

    /// <summary>Members that still have to finish a job of <see cref="Run"/>.</summary>
    private int _pending;

    /// <summary>Members inside a job of <see cref="RunShared"/>, with <see cref="Closed"/> set when no more may enter.</summary>
    private int _inside = Closed;
    private volatile bool _stop;

    public WorkerTeam(int size)
    {
        Size = size;
        _threads = new Thread[size - 1];
        _wake = new SemaphoreSlim[size - 1];
        _sleeping = new int[size - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int member = i + 1;
            _wake[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Work(member)) { IsBackground = true, Name = $"dsn cpu {member}" };
            _threads[i].Start();
        }
    }

    /// <summary>How many members there are, the caller included.</summary>
    public int Size { get; }

    /// <summary>Calls <paramref name="job"/> once with each member's number, 0 on the calling thread, and waits for all.</summary>
    /// <exception cref="InvalidOperationException">A member failed.</exception>
    public void Run(Action<int> job)
    {
        if (Size == 1)
        {
            job(0);
            return;
        }

        _job = job;
        Volatile.Write(ref _pending, Size - 1);
        Start(everyone: true);
        try
        {
            job(0);
        }
        finally
        {
            int spins = 0;
            while (Volatile.Read(ref _pending) != 0)
                Pause(ref spins);
        }

        ThrowFault();
    }

    /// <summary>
    /// Calls <paramref name="job"/> on the calling thread, as member 0, and on each other member that comes before the caller is through.
    /// The job must share out its work as it goes and be safe to enter when nothing is left; it may be entered twice by one member.
    /// </summary>
    /// <exception cref="InvalidOperationException">A member failed.</exception>
    public void RunShared(Action<int> job)
    {
        if (Size == 1)
        {
            job(0);
            return;
        }

        _job = job;

        // Not a plain store: a member that came too late for the job before may be counting itself out just now.
        Interlocked.And(ref _inside, ~Closed);
        Start(everyone: false);
        try
        {
            job(0);
        }
        finally
        {
            Interlocked.Or(ref _inside, Closed);
            int spins = 0;
            while (Volatile.Read(ref _inside) != Closed)
                Pause(ref spins);
        }

        ThrowFault();
    }

    public void Dispose()
    {
        if (_stop)
            return;
        _stop = true;
        Interlocked.Add(ref _generation, 2);
        foreach (SemaphoreSlim wake in _wake)
            wake.Release();
        foreach (Thread thread in _threads)
            thread.Join();
        foreach (SemaphoreSlim wake in _wake)
            wake.Dispose();
    }

    private static void Pause(ref int spins)
    {
        if (++spins > SpinsBeforeYield)
            Thread.Yield();
        else
            Thread.SpinWait(1);
    }

    private void Start(bool everyone)
    {
        _fault = null;
        int next = (_generation & ~1) + 2;
        Interlocked.Exchange(ref _generation, everyone ? next | 1 : next);
        for (int i = 0; i < _wake.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _sleeping[i], 0, 1) == 1)
                _wake[i].Release();
        }
    }

    private void ThrowFault()
    {
        if (Interlocked.Exchange(ref _fault, null) is { } fault)
            throw new InvalidOperationException($"A worker of the CPU device failed: {fault.Message}", fault);
    }

    private void Work(int member)
    {
        int seen = 0;
        while (true)
        {
            WaitForNext(member, seen);
            seen = Volatile.Read(ref _generation);
            if (_stop)
                return;
            if ((seen & 1) != 0)
            {
                Do(member);
                Interlocked.Decrement(ref _pending);
            }
            else
            {
                // Whoever is counted in before the job is closed is waited for; by now it may be a later shared job, which is as good.
                if ((Interlocked.Increment(ref _inside) & Closed) == 0)
                    Do(member);
                Interlocked.Decrement(ref _inside);
            }
        }
    }

    private void WaitForNext(int member, int seen)
    {
        int spins = 0;
        while (Volatile.Read(ref _generation) == seen)
        {
            if (++spins < SpinsBeforeYield)
            {
                Thread.SpinWait(1);
            }
            else if (spins < SpinsBeforeSleep)
            {
                Thread.Yield();
            }
            else
            {
                Volatile.Write(ref _sleeping[member - 1], 1);
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _generation) == seen || Interlocked.CompareExchange(ref _sleeping[member - 1], 0, 1) == 0)
                    _wake[member - 1].Wait();
                spins = 0;
            }
        }
    }

    private void Do(int member)
    {
        try
        {
            _job!(member);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, e, null);
        }
    }
}
