namespace DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;

/// <summary>The right to run, handed to one thread. It waits without spinning: there are many that wait, and one that has work.</summary>
internal sealed class Turn
{
    private readonly object _gate = new();
    private bool _given;

    public void Give()
    {
        lock (_gate)
        {
            _given = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Await()
    {
        lock (_gate)
        {
            while (!_given)
                Monitor.Wait(_gate);
            _given = false;
        }
    }
}
