namespace DeepSpeechNet.Engine.Devices.Cpu;

/// <summary>
/// The threads of the CPU device: <see cref="Run"/> lets each member do its part of a job and returns when all are done. Waiting members
/// spin for some microseconds, since the next primitive mostly follows at once, then give the core away, then sleep.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private const int SpinsBeforeYield = 2_000;
    private const int SpinsBeforeSleep = 6_000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _sleeping;
    private Action<int>? _job;
    private Exception? _fault;
    private int _generation;
    private int _pending;
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

    /// <summary>Calls <paramref name="job"/> with each member's number, 0 on the calling thread, and waits for all.</summary>
    public void Run(Action<int> job)
    {
        if (Size == 1)
        {
            job(0);
            return;
        }

        _job = job;
        Volatile.Write(ref _pending, Size - 1);
        Interlocked.Increment(ref _generation);
        for (int i = 0; i < _wake.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _sleeping[i], 0, 1) == 1)
                _wake[i].Release();
        }

        try
        {
            job(0);
        }
        finally
        {
            int spins = 0;
            while (Volatile.Read(ref _pending) != 0)
            {
                if (++spins > SpinsBeforeYield)
                    Thread.Yield();
                else
                    Thread.SpinWait(1);
            }
        }

        if (Interlocked.Exchange(ref _fault, null) is { } fault)
            throw new InvalidOperationException($"A worker of the CPU device failed: {fault.Message}", fault);
    }

    public void Dispose()
    {
        if (_stop)
            return;
        _stop = true;
        Interlocked.Increment(ref _generation);
        foreach (SemaphoreSlim wake in _wake)
            wake.Release();
        foreach (Thread thread in _threads)
            thread.Join();
        foreach (SemaphoreSlim wake in _wake)
            wake.Dispose();
    }

    private void Work(int member)
    {
        int seen = 0;
        while (true)
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

            seen = Volatile.Read(ref _generation);
            if (_stop)
                return;
            try
            {
                _job!(member);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _fault, e, null);
            }

            Interlocked.Decrement(ref _pending);
        }
    }
}
